import { downloadDocument, uploadDocument } from "./documents/routes.ts";
import type { RawRoute } from "./http/raw-route.ts";
import { auditStream } from "./procedures/audit-stream.ts";
import { proofFile } from "./procedures/integrity.ts";
import { permitExport } from "./procedures/permit-export.ts";

/** Everything that takes or gives bytes instead of JSON. */
export const rawRoutes = {
  "permits.export": permitExport,
  "audit.stream": auditStream,
  "integrity.proofFile": proofFile,
  "documents.upload": uploadDocument,
  "documents.download": downloadDocument,
} satisfies Record<string, RawRoute>;
