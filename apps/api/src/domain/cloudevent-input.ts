import { codeOfType, eventIdOf, isUriReference, objectOfSubject } from "@countersign/audit/formats/cloudevents";
import type { Sha256 } from "@countersign/audit/json";
import { z } from "zod";
import { type EventInput, eventInput, isInIdWindow } from "./event-input.ts";
import { instant, text } from "./fields.ts";

/** Text of an attribute: no control characters, nothing that is no character (CloudEvents 1.0.2, type system). */
const attributeText = z
  .string()
  .refine((value) => value.isWellFormed() && !/[\p{Cc}\p{Noncharacter_Code_Point}]/u.test(value), {
    params: { rule: "forbidden_character" },
  });
const attribute = attributeText.min(1);
const uriReference = attribute.refine(isUriReference, { params: { rule: "uri_reference" } });
const objectId = text(256);

const namesObject = (subject: string): boolean => {
  const object = objectOfSubject(subject);
  return object !== null && object.type.length <= 64 && objectId.safeParse(object.id).success;
};

/** What of an event the attributes do not say. */
const data = eventInput.pick({
  status: true,
  actor: true,
  object: true,
  target: true,
  changes: true,
  errorMessage: true,
  notes: true,
  metadata: true,
});

const jsonType = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i;
const int32 = z.number().int().min(-2_147_483_648).max(2_147_483_647);
const attributeName = /^[a-z0-9]+$/;

/** A CloudEvent 1.0 in its JSON form. Attributes that it does not know are extensions; null is absent. */
export const cloudEvent = z
  .object({
    specversion: z.literal("1.0"),
    id: attribute,
    source: uriReference,
    type: attribute.refine((value) => codeOfType(value) !== null, { params: { rule: "unknown_code" } }),
    time: instant.nullish(),
    subject: attribute.refine(namesObject, { params: { rule: "type_and_id" } }).nullish(),
    datacontenttype: z
      .string()
      .refine((value) => jsonType.test(value), { params: { rule: "media_type" } })
      .nullish(),
    dataschema: uriReference.nullish(),
    data: data.nullish(),
    data_base64: z.null().optional(),
  })
  .catchall(z.union([attributeText, z.boolean(), int32, z.null()]))
  .superRefine((event, context) => {
    const refuse = (path: string[], rule: string) => context.addIssue({ code: "custom", path, params: { rule } });
    const known = cloudEvent.shape;
    const wrongName = Object.keys(event).find((name) => !Object.hasOwn(known, name) && !attributeName.test(name));
    if (wrongName !== undefined) refuse([wrongName.slice(0, 64)], "attribute_name");
    const object = event.data?.object;
    const subject = event.subject == null ? null : objectOfSubject(event.subject);
    if (object !== undefined && subject !== null && (object.type !== subject.type || object.id !== subject.id)) {
      refuse(["subject"], "other_object");
    }
    if (event.data?.metadata !== undefined && Object.hasOwn(event.data.metadata, "cloudevents")) {
      refuse(["data", "metadata", "cloudevents"], "reserved");
    }
  });

export type CloudEventInput = z.output<typeof cloudEvent>;

/** The event that a CloudEvent states; its own identity and its extensions stay in the metadata. */
export const eventOf = (given: CloudEventInput, now: number, sha256: Sha256): EventInput => {
  const {
    specversion: _,
    id,
    source,
    type,
    time,
    subject,
    datacontenttype: _type,
    data_base64: _data,
    ...rest
  } = given;
  const { data, dataschema, ...extensions } = rest;
  const identity = { id, source, type, dataschema, ...extensions };
  const named = subject == null ? undefined : (objectOfSubject(subject) ?? undefined);
  return {
    ...data,
    status: data?.status ?? "success",
    id: eventIdOf({ id, source, time }, (ms) => isInIdWindow(ms, now), sha256),
    code: codeOfType(type) ?? type,
    occurredAt: time ?? undefined,
    object: data?.object ?? named,
    metadata: {
      ...data?.metadata,
      cloudevents: Object.fromEntries(
        Object.entries(identity).flatMap(([name, value]) => (value == null ? [] : [[name, value]])),
      ),
    },
  };
};
