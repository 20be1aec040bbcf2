import type { z } from "zod";

/** A header of a request, by its name in lower case. */
export type HeaderOf = (name: string) => string | undefined;

/** A body in another form than plain JSON: one of several at its address, found by the headers of the request. */
export type BodyForm = {
  /** The media type that `jsonOnly` lets pass at this address, besides `application/json`. */
  mediaType: string;
  isSent: (header: HeaderOf) => boolean;
  /** The input of the procedure, from the headers and the parsed body, if there is one. */
  read: (headers: Headers, body: unknown) => unknown;
};

/** How a procedure is reached without tRPC. Path parameters stand in braces; what it takes is the procedure's own input. */
export type RestRoute = {
  method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  path: `/api/${string}`;
  summary: string;
  output: z.ZodType;
  form?: BodyForm;
  /** When the answer is 202 instead of 200, and what that means. */
  accepted?: { when: (answer: object) => boolean; description: string };
  /** What a JSON Schema cannot say of a text that is read as a number, by parameter; or of what is judged later. */
  hints?: Record<string, object>;
};
