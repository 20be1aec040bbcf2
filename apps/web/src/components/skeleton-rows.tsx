import classes from "./data-table.module.css";
import states from "./states.module.css";

const widths = [60, 75, 52, 68, 80, 57, 71, 63];

/** Rows to come, in their final size; seen only when they take a while. */
export function SkeletonRows({ columns }: { columns: number }) {
  return (
    <tbody className={classes.loading} aria-hidden>
      {widths.map((width, row) => (
        <tr key={width}>
          {Array.from({ length: columns }, (_, column) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: cells to come have no identity but their place
            <td key={column} data-card={column === 0 ? "name" : column === 1 ? "beside" : "line"}>
              <span className={states.skeleton} style={{ inlineSize: `${widths[(row + column) % widths.length]}%` }} />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
