import { customerEvents } from "./customer-events.ts";
import type { EventType, ObjectType } from "./event-type.ts";
import { platformEvents } from "./platform-events.ts";

export type { Category, EventType, ObjectType, Policy, Severity, Status } from "./event-type.ts";
export { categories, objectTypes, policies, severities, statuses } from "./event-type.ts";
export type { Feature } from "./features.ts";

/** Every event that can be recorded; its keys are the type `EventCode`. */
export const eventTypes = { ...customerEvents, ...platformEvents } as const satisfies Record<string, EventType>;

export type EventCode = keyof typeof eventTypes;
export type CustomerEventCode = keyof typeof customerEvents;
export type PlatformEventCode = keyof typeof platformEvents;

type TypeNamed<Name> = Name extends "any" ? ObjectType : Exclude<Name, null>;

/** The type an event's object must have; `any` becomes every object type. */
export type ObjectTypeOf<Code extends EventCode> = TypeNamed<(typeof eventTypes)[Code]["objectType"]>;
/** The type an event's target must have; never for an event without one. */
export type TargetTypeOf<Code extends EventCode> = TypeNamed<(typeof eventTypes)[Code]["targetType"]>;

export const eventCodes = Object.keys(eventTypes) as readonly EventCode[];
/** The 39 of the permit office, in the order of its list. */
export const customerEventCodes = Object.keys(customerEvents) as readonly CustomerEventCode[];
export const platformEventCodes = Object.keys(platformEvents) as readonly PlatformEventCode[];

export const isEventCode = (text: string): text is EventCode => Object.hasOwn(eventTypes, text);

/** The catalogue's entry, with its members widened: for code that handles any event. */
export const eventType = (code: EventCode): EventType => eventTypes[code];
