import { generateKeyPairSync, sign } from "node:crypto";

export interface Certificate {
  /** PEM. */
  readonly key: string;
  readonly cert: string;
}

export interface CertificateOptions {
  /** IPv4 address that it is made out to. @defaultValue `127.0.0.1` */
  readonly address?: string;
  /** @defaultValue a day from now */
  readonly validUntil?: Date;
}

const dayMs = 86_400_000;

/**
 * A certificate (X.509 v3) signed with its own key, which nobody but the test vouches for.
 *
 * Layout, in DER: a sequence of what is certified, the algorithm of the signature, and the signature. What is certified:
 * version, serial number, algorithm, issuer, validity, subject, public key, extensions.
 *
 * @source RFC 5280, section 4.1; RFC 5480 (keys), RFC 5758 (ECDSA with SHA-256)
 */
export function makeCertificate(options: CertificateOptions = {}): Certificate {
  const { address = "127.0.0.1", validUntil = new Date(Date.now() + dayMs) } = options;
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const validFrom = new Date(Math.min(Date.now(), validUntil.getTime()) - dayMs);
  const algorithm = sequence(objectId("2a8648ce3d040302")); // ecdsa-with-SHA256
  const name = sequence(der(0x31, sequence(objectId("550403"), der(0x0c, Buffer.from("Larder test"))))); // common name
  const alternativeNames = der(0x04, sequence(der(0x87, Buffer.from(address.split(".").map(Number)))));
  const certified = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    der(0x02, Buffer.from([1])), // serial number
    algorithm,
    name,
    sequence(utcTime(validFrom), utcTime(validUntil)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(sequence(objectId("551d11"), alternativeNames))),
  );
  const signature = sign("sha256", certified, privateKey);
  const bytes = sequence(certified, algorithm, der(0x03, Buffer.from([0]), signature));
  const lines = bytes.toString("base64").replace(/.{64}/gu, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...contents: readonly Uint8Array[]): Buffer {
  return der(0x30, ...contents);
}

function objectId(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

/** `YYMMDDHHMMSSZ` */
function utcTime(date: Date): Buffer {
  return der(0x17, Buffer.from(`${date.toISOString().replace(/\D/gu, "").slice(2, 14)}Z`));
}
