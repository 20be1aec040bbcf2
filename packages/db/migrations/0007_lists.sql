ALTER TABLE "users" ADD COLUMN "last_sign_in_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "documents_state" ON "documents" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "permits_holder" ON "permits" USING btree (lower(normalize(holder_name, NFD)),"id");--> statement-breakpoint
CREATE INDEX "permits_end" ON "permits" USING btree (coalesce(valid_to, 'infinity'::date),"id");--> statement-breakpoint
UPDATE "users" u SET "last_sign_in_at" = s.at FROM (
  SELECT actor_id, max(received_at) AS at FROM event_log
  WHERE code = 'user_login' AND status = 'success' AND actor_type = 'user' GROUP BY actor_id
) s WHERE s.actor_id = u.id::text;
