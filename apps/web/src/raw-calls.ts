import { checkReach, noteAnswer, unreached } from "./reach.ts";
import { RefusedAnswer } from "./refused-answer.ts";

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Reads the one error body of the server; what is none of it says nothing. */
export const refusalIn = (body: unknown, retryAfter: string | null): Error => {
  const error = isRecord(body) && isRecord(body.error) ? body.error : null;
  if (error === null || typeof error.message !== "string") return new TypeError("The answer could not be read.");
  const { code, message, requestId } = error;
  const fields = Array.isArray(error.fields)
    ? error.fields
    : typeof error.path === "string"
      ? [{ path: error.path, rule: code }]
      : [];
  const seconds = Number(retryAfter ?? Number.NaN);
  return new RefusedAnswer(message, {
    reason: code,
    requestId,
    fields,
    ...(Number.isFinite(seconds) && { retryAfterS: seconds }),
  });
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

type Upload = { mediaType: string; onSent: (bytes: number) => void; signal: AbortSignal };

/** Sends a file as the body and answers what the server says of it. `fetch` cannot tell how much was sent, so it is not used here. */
export const upload = (address: string, file: Blob, { mediaType, onSent, signal }: Upload): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("content-type", mediaType);
    request.upload.addEventListener("progress", ({ loaded }) => onSent(loaded));
    request.addEventListener("load", () => {
      noteAnswer(request.status);
      const body = jsonOf(request.responseText);
      if (request.status < 300) resolve(body);
      else reject(refusalIn(body, request.getResponseHeader("retry-after")));
    });
    request.addEventListener("error", () => {
      // A server that refuses early may close before all was sent; only its silence means that it is away.
      void checkReach();
      reject(new TypeError("no answer"));
    });
    request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });

/** The name in a `Content-Disposition` of ours. */
export const fileNameIn = (header: string | null): string | null =>
  /filename="([^"]+)"/.exec(header ?? "")?.[1] ?? null;

export type Fetched = { bytes: Blob; name: string | null };

/** Fetches a file whole, so that a refusal is told on the page instead of saved as one. */
export const download = async (address: string): Promise<Fetched> => {
  let response: Response;
  try {
    response = await fetch(address);
    noteAnswer(response.status);
  } catch (error) {
    unreached();
    throw error;
  }
  if (!response.ok) throw refusalIn(jsonOf(await response.text()), response.headers.get("retry-after"));
  return { bytes: await response.blob(), name: fileNameIn(response.headers.get("content-disposition")) };
};

/** Hands bytes to the browser to be saved under a name. */
export const saveAs = (bytes: Blob, name: string): void => {
  const address = URL.createObjectURL(bytes);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};
