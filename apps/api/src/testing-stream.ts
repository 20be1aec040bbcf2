/** One server-sent event of a test: its name (`message` where it has none), its id and what it says. */
export type ServerSent = { event: string; id: string | undefined; data: string };

/** The events of an answer as they come; leaving the loop closes the connection. */
export async function* eventsOf(answer: Response): AsyncGenerator<ServerSent> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const chunk = await reader?.read();
      if (chunk === undefined || chunk.done) return;
      text += chunk.value;
      const blocks = text.split(/\n\n+/);
      text = blocks.pop() ?? "";
      for (const block of blocks.filter((lines) => lines.trim() !== "")) {
        const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(block)?.[1];
        yield { event: field("event") ?? "message", id: field("id"), data: field("data") ?? "" };
      }
    }
  } finally {
    await reader?.cancel();
  }
}

/** What a subscription begins with, as a call would have been answered: refused with status and error, or 200. */
export const beginningOf = async (answer: Response): Promise<Response> => {
  const kind = answer.headers.get("content-type");
  if (kind?.startsWith("application/x-ndjson")) {
    await answer.body?.cancel();
    return new Response("{}");
  }
  if (!kind?.startsWith("text/event-stream")) return answer;
  for await (const { event, data } of eventsOf(answer)) {
    if (event === "message") return new Response("{}");
    if (event !== "serialized-error") continue;
    const error = JSON.parse(data);
    return new Response(JSON.stringify({ error }), { status: error.json.data.httpStatus });
  }
  throw new Error("the stream ended before it said anything");
};
