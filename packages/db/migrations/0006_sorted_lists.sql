CREATE INDEX "documents_state" ON "documents" USING btree ("state","id");--> statement-breakpoint
CREATE INDEX "permits_holder" ON "permits" USING btree (lower(normalize(holder_name, NFD)),"id");--> statement-breakpoint
CREATE INDEX "permits_end" ON "permits" USING btree (coalesce(valid_to, 'infinity'::date),"id");