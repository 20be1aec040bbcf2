import { type EventCode, eventCodes, eventType, objectTypes } from "@countersign/audit/catalogue";

/** The word of a type of object: "permit", "setting". */
export const typeWord = (type: string): string =>
  Object.hasOwn(objectTypes, type) ? objectTypes[type as keyof typeof objectTypes] : type.replaceAll("_", " ");

/** An object that the log gives no name: "permit 41". */
export const objectName = (type: string, id: string, label: string | null): string =>
  label ?? `${typeWord(type)} ${id}`;

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The kinds of events that can be about an object of a type, or name it. */
export const codesAbout = (type: string): EventCode[] =>
  eventCodes.filter((code) => {
    const { objectType, targetType } = eventType(code);
    return objectType === type || targetType === type || objectType === "any";
  });

/** Of those the ones that change something: what is only read or signed in is kept for less long, by other policies. */
export const changingCodes = (type: string): EventCode[] =>
  codesAbout(type).filter((code) => ["decision", "change"].includes(eventType(code).policy));
