import { downloadDocument, uploadDocument } from "./documents/routes.ts";
import type { RawRoute } from "./http/raw-route.ts";
import { proofFile } from "./procedures/integrity.ts";
import { permitExport } from "./procedures/permit-export.ts";

/** Everything that takes or gives bytes instead of JSON. */
export const rawRoutes = {
  "permits.export": permitExport,
  "integrity.proofFile": proofFile,
  "documents.upload": uploadDocument,
  "documents.download": downloadDocument,
} satisfies Record<string, RawRoute>;
