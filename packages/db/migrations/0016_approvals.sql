ALTER TABLE "approval_request" ADD COLUMN "also_needs" text[] DEFAULT '{}' NOT NULL;
