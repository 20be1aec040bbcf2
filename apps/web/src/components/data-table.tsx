import { NativeSelect } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { type ColumnDef, rowSortingFeature, tableFeatures, useTable } from "@tanstack/react-table";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { type ReactNode, useEffect, useEffectEvent, useMemo, useRef } from "react";
import { usePreferences } from "../preferences.ts";
import classes from "./data-table.module.css";
import { tableTexts } from "./data-table-texts.ts";
import { usePageKeys } from "./page-keys.ts";
import { SkeletonRows } from "./skeleton-rows.tsx";

/** By what a list is sorted; with a sign before it the other way round. */
export type Sorted<Sort extends string> = Sort | `-${Sort}`;

export type DataColumn<Row, Sort extends string = never> = {
  id: string;
  head: string;
  /** The first column names the row; a link or button in it is where the keyboard stops. */
  cell: (row: Row) => ReactNode;
  /** What the server sorts by; absent when it does not. */
  sort?: Sort;
  look?: "figures" | "wide";
  /** Where it stands on a card: beside the name, in a line without its head below it or at the end, nowhere, or else in a line after its head. */
  onCard?: "beside" | "bare" | "last" | "none";
};

type Props<Row, Sort extends string> = {
  label: string;
  columns: readonly DataColumn<Row, Sort>[];
  /** Undefined while the first of them are read. */
  rows: readonly Row[] | undefined;
  isStale?: boolean;
  sort?: { by: Sorted<Sort> | undefined; unsorted: string; onChange: (by: Sorted<Sort> | undefined) => void };
  hasMore?: boolean;
  isReading?: boolean;
  /** What stands below while more rows are read. */
  reading?: string;
  onEnd?: () => void;
};

const features = tableFeatures({ rowSortingFeature });
const ariaSorts = { asc: "ascending", desc: "descending" } as const;
const icons = { asc: ArrowUp, desc: ArrowDown, none: ChevronsUpDown };

/** Rows with a name and facts: sorted by their heads, walked by J and K, cards on a narrow screen; it reads on as its end comes into view. */
export function DataTable<Row extends { id: number | string }, Sort extends string = never>(props: Props<Row, Sort>) {
  const { label, columns, rows, isStale = false, sort, hasMore = false, isReading = false, reading, onEnd } = props;
  const { density } = usePreferences();
  const box = useRef<HTMLTableElement>(null);
  const down = () => focusRow(box.current, 1);
  const up = () => focusRow(box.current, -1);
  usePageKeys({ j: down, k: up, ArrowDown: down, ArrowUp: up });

  const { ref, entry } = useIntersection({ rootMargin: "400px" });
  const isNear = entry?.isIntersecting ?? false;
  const readOn = useEffectEvent(() => onEnd?.());
  useEffect(() => {
    if (isNear && hasMore && !isReading) readOn();
  }, [isNear, hasMore, isReading]);

  const by = sort?.by;
  const idOf = (name: string | undefined) => columns.find((column) => column.sort === name)?.id;
  const sortedId = by === undefined ? undefined : idOf(by.replace(/^-/, ""));
  const definitions = useMemo(
    () =>
      columns.map(
        ({ id, head, cell, sort: name }): ColumnDef<typeof features, Row> => ({
          id,
          header: head,
          accessorFn: (row) => row,
          cell: ({ row }) => cell(row.original),
          enableSorting: name !== undefined,
          sortDescFirst: false,
        }),
      ),
    [columns],
  );
  const table = useTable({
    features,
    columns: definitions,
    data: rows ?? noRows,
    getRowId: ({ id }) => String(id),
    manualSorting: true,
    enableMultiSort: false,
    state: { sorting: sortedId === undefined ? [] : [{ id: sortedId, desc: by?.startsWith("-") ?? false }] },
    onSortingChange: (update) => {
      const [next] = typeof update === "function" ? update(table.state.sorting) : update;
      const name = columns.find(({ id }) => id === next?.id)?.sort;
      sort?.onChange(next === undefined || name === undefined ? undefined : next.desc ? `-${name}` : name);
    },
  });

  return (
    <>
      {sort ? <SortChoice columns={columns} sort={sort} /> : null}
      <div className={classes.sheet} data-stale={isStale || undefined}>
        <table
          ref={box}
          className={classes.table}
          data-density={density}
          aria-label={label}
          aria-busy={isStale || !rows}
        >
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id}>
                {group.headers.map(({ id, column }, index) => {
                  const direction = column.getIsSorted() || "none";
                  const Icon = icons[direction];
                  return (
                    <th
                      key={id}
                      scope="col"
                      data-look={columns[index]?.look}
                      {...(direction !== "none" && { "aria-sort": ariaSorts[direction] })}
                    >
                      {column.getCanSort() ? (
                        <button type="button" className={classes.head} onClick={() => column.toggleSorting()}>
                          {columns[index]?.head}
                          <Icon size={13} data-direction={direction} aria-hidden />
                        </button>
                      ) : (
                        columns[index]?.head
                      )}
                    </th>
                  );
                })}
              </tr>
            ))}
          </thead>
          {rows ? (
            <tbody>
              {table.getRowModel().rows.map((row) => (
                <tr key={row.id} tabIndex={-1}>
                  {row.getAllCells().map((cell, index) => {
                    const { look, onCard, head } = columns[index] ?? {};
                    return index === 0 ? (
                      <th key={cell.id} scope="row" data-look={look}>
                        <table.FlexRender cell={cell} />
                      </th>
                    ) : (
                      <td key={cell.id} data-look={look} data-card={onCard ?? "line"} data-head={head}>
                        <table.FlexRender cell={cell} />
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          ) : (
            <SkeletonRows columns={columns.length} />
          )}
        </table>
        <div ref={ref} className={classes.more}>
          {isReading ? reading : null}
        </div>
      </div>
    </>
  );
}

const noRows: never[] = [];

/** The orders of the heads, where there are no heads. */
function SortChoice<Row, Sort extends string>({
  columns,
  sort,
}: {
  columns: readonly DataColumn<Row, Sort>[];
  sort: NonNullable<Props<Row, Sort>["sort"]>;
}) {
  const orders = columns.flatMap(({ head, sort: name }) =>
    name === undefined
      ? []
      : [
          { value: name, label: tableTexts.up(head) },
          { value: `-${name}`, label: tableTexts.down(head) },
        ],
  );
  return (
    <NativeSelect
      className={classes.sortChoice ?? ""}
      label={tableTexts.sortBy}
      data={[{ value: "", label: sort.unsorted }, ...orders]}
      value={sort.by ?? ""}
      onChange={({ currentTarget: { value } }) => sort.onChange(value === "" ? undefined : (value as Sorted<Sort>))}
    />
  );
}

const focusRow = (table: HTMLTableElement | null, by: 1 | -1) => {
  const rows = [...(table?.querySelectorAll<HTMLElement>("tbody tr") ?? [])];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
  (row?.querySelector<HTMLElement>("a, button") ?? row)?.focus();
};
