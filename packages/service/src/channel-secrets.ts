import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createFile, readTextOrNull } from "./durable-file.ts";

const algorithm = "aes-256-gcm";
const prefix = "sealed:1:";
const ivBytes = 12;
const tagBytes = 16;

/** Secrets of channels as they lie in the database: under a key that is not there, and each tied to its channel. */
export type ChannelSecrets = {
  seal: (channelId: number, secret: string) => string;
  /** What was stored before there was a key comes back as it is. Throws `SecretUnreadable`. */
  open: (channelId: number, sealed: string) => string;
};

/** It was sealed under another key, or for another channel. */
export class SecretUnreadable extends Error {
  override name = "SecretUnreadable";
}

export const isSealed = (text: string): boolean => text.startsWith(prefix);

export const channelSecrets = (key: Uint8Array): ChannelSecrets => {
  const of = (channelId: number): Buffer => Buffer.from(`channel:${channelId}`);
  return {
    seal: (channelId, secret) => {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, key, iv).setAAD(of(channelId));
      const sealed = [iv, cipher.update(secret, "utf8"), cipher.final(), cipher.getAuthTag()];
      return prefix + Buffer.concat(sealed).toString("base64url");
    },
    open: (channelId, sealed) => {
      if (!isSealed(sealed)) return sealed;
      const bytes = Buffer.from(sealed.slice(prefix.length), "base64url");
      try {
        const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes })
          .setAAD(of(channelId))
          .setAuthTag(bytes.subarray(-tagBytes));
        const text = [decipher.update(bytes.subarray(ivBytes, -tagBytes)), decipher.final()];
        return Buffer.concat(text).toString("utf8");
      } catch (cause) {
        throw new SecretUnreadable("its secret was sealed under another key than this server has", { cause });
      }
    },
  };
};

/** Reads the key of a file, of 32 bytes in base64, which is made when there is none: whoever is first, all have the same. */
export const openChannelSecrets = async (file: string): Promise<ChannelSecrets> => {
  if ((await readTextOrNull(file)) === null) await createFile(file, `${randomBytes(32).toString("base64")}\n`);
  const key = Buffer.from((await readTextOrNull(file)) ?? "", "base64");
  if (key.length !== 32) throw new Error(`${file} is no key for the secrets of channels`);
  return channelSecrets(key);
};
