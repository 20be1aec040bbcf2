import Server from "@20minutes/s3rver";
import type { S3Options } from "../s3-storage.ts";

const secretAccessKey = "S3RVER";

/** An S3-compatible server of another maker, which checks signatures, on a free port with this one bucket. */
export const startS3Server = async (
  directory: string,
  bucket: string,
): Promise<{ options: Omit<S3Options, "spoolFolder">; stop: () => Promise<void> }> => {
  const server = new Server({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: bucket }],
  });
  const { port } = await server.run();
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    options: { endpoint, bucket, region: "eu-test-1", accessKeyId: secretAccessKey, secretAccessKey, pathStyle: true },
    stop: () => server.close(),
  };
};
