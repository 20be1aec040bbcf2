import { Button, CloseButton, Menu } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import table from "../../components/data-table.module.css";
import { FailureNote } from "../../components/failure-note.tsx";
import { ReasonedButton } from "../../components/reasoned-button.tsx";
import states from "../../components/states.module.css";
import { bytes } from "../../format.ts";
import { download, saveAs } from "../../raw-calls.ts";
import { useLostAt } from "../../reach.ts";
import { texts } from "../../texts.ts";
import { type ExportFormat, exportAddress } from "./permit-export.ts";
import { isFiltered, type PermitSearch } from "./permit-search.ts";

const words = texts.permitExport;
const formats = Object.keys(words.formats) as ExportFormat[];

export type PermitExport = ReturnType<typeof usePermitExport>;

/** Fetches what a search shows as a file and saves it. */
export const usePermitExport = (search: PermitSearch) =>
  useMutation({
    mutationFn: async (format: ExportFormat) => {
      const file = await download(exportAddress(search, format));
      const name = file.name ?? `permits.${format}`;
      saveAs(file.bytes, name);
      return { name, size: file.bytes.size };
    },
  });

type Props = { search: PermitSearch; exporting: PermitExport };

/** The formats of the file; its head says which permits will be in it. */
export function ExportMenu({ search, exporting }: Props) {
  const isLost = useLostAt() !== null;
  const icon = <Download size={14} aria-hidden />;
  if (isLost) {
    return (
      <ReasonedButton
        variant="default"
        leftSection={icon}
        reason={texts.failure.offlineReason}
        onClick={exporting.reset}
      >
        {words.button}
      </ReasonedButton>
    );
  }
  return (
    <Menu position="bottom-end" width={260} withinPortal>
      <Menu.Target>
        <Button variant="default" leftSection={icon} aria-disabled={exporting.isPending}>
          {exporting.isPending ? words.working : words.button}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{isFiltered(search) ? words.filtered : words.all}</Menu.Label>
        {formats.map((format) => (
          <Menu.Item
            key={format}
            onClick={() => {
              if (!exporting.isPending) exporting.mutate(format);
            }}
          >
            {words.formats[format]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** How the export ended. */
export function ExportNote({ exporting }: { exporting: PermitExport }) {
  return (
    <>
      <div role="status">
        {exporting.data ? (
          <div className={table.note}>
            <div className={states.receipt}>
              <Download className={states.receiptIcon} size={18} aria-hidden />
              <div className={states.receiptText}>{words.saved(exporting.data.name, bytes(exporting.data.size))}</div>
              <CloseButton aria-label={texts.receipt.dismiss} onClick={exporting.reset} />
            </div>
          </div>
        ) : null}
      </div>
      {exporting.error ? (
        <div className={table.note}>
          <FailureNote title={texts.failure.saving} error={exporting.error} />
        </div>
      ) : null}
    </>
  );
}
