CREATE TABLE "channel_streams" (
	"channel_id" bigint PRIMARY KEY NOT NULL,
	"format" text NOT NULL,
	"filter" jsonb NOT NULL,
	"epoch" integer NOT NULL,
	"index" bigint NOT NULL,
	"sent" bigint DEFAULT 0 NOT NULL,
	"leased_until" timestamp with time zone,
	"failing_since" timestamp with time zone,
	"is_told" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
ALTER TABLE "channel_streams" ADD CONSTRAINT "channel_streams_channel_id_channels_id_fk" FOREIGN KEY ("channel_id") REFERENCES "public"."channels"("id") ON DELETE cascade ON UPDATE no action;