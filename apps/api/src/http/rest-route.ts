import type { z } from "zod";

/** How a procedure is reached without tRPC. Path parameters stand in braces; what it takes is the procedure's own input. */
export type RestRoute = {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: `/api/${string}`;
  summary: string;
  output: z.ZodType;
  /** What a JSON Schema cannot say of a text that is read as a number, by parameter. */
  hints?: Record<string, object>;
};
