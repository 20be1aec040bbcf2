CREATE TABLE "approval_decision" (
	"request_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"user_name" text NOT NULL,
	"decision" text NOT NULL,
	"reason" text,
	"decided_at" timestamp with time zone NOT NULL,
	CONSTRAINT "approval_decision_request_id_user_id_pk" PRIMARY KEY("request_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "approval_request" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "approval_request_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event" text NOT NULL,
	"operation" text NOT NULL,
	"feature" text NOT NULL,
	"input" text NOT NULL,
	"object_version" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"object" jsonb,
	"target" jsonb,
	"changes" json NOT NULL,
	"requester_id" bigint NOT NULL,
	"requester_name" text NOT NULL,
	"reason" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"quorum" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"outcome_event" uuid,
	"failure" text,
	"version" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "approval_request_quorum" CHECK ("approval_request"."quorum" between 1 and 3),
	CONSTRAINT "approval_request_closed_at" CHECK (("approval_request"."state" = 'pending') = ("approval_request"."closed_at" is null))
);
--> statement-breakpoint
ALTER TABLE "approval_decision" ADD CONSTRAINT "approval_decision_request_id_approval_request_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."approval_request"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "approval_request_due" ON "approval_request" USING btree ("expires_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "approval_request_requester" ON "approval_request" USING btree ("requester_id","id");--> statement-breakpoint
CREATE INDEX "approval_request_closed" ON "approval_request" USING btree ("id") WHERE state <> 'pending';--> statement-breakpoint
CREATE UNIQUE INDEX "approval_request_once" ON "approval_request" USING btree ("requester_id","hash") WHERE state = 'pending';