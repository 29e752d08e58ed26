import { X509Certificate } from 'node:crypto';
import selfsigned from 'selfsigned';

export interface Certificate {
  key: string;
  cert: string;
}

export interface Authority {
  /** What the clients trust. */
  ca: Certificate;
  leafs: Map<string, Certificate>;
  /** SHA-256 of each leaf, upper-case hex with colons, as Proxmox shows it. */
  fingerprints: Record<string, string>;
}

const DAY_MS = 86_400_000;

/** One cluster CA and one leaf a node, as pve-root-ca.pem and pve-ssl.pem are. P-256: milliseconds each. */
export async function createAuthority(nodes: string[], host: string): Promise<Authority> {
  const ca = await issue('Proxmox Virtual Environment Simulator CA', 3650, [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ]);
  const leafs = new Map<string, Certificate>();
  await Promise.all(nodes.map(async (node) => leafs.set(node, await issueLeaf(node, host, ca))));
  const fingerprints = Object.fromEntries(
    nodes.map((node) => [node, new X509Certificate(leafs.get(node)?.cert ?? '').fingerprint256]),
  );
  return { ca, leafs, fingerprints };
}

type Extensions = NonNullable<NonNullable<Parameters<typeof selfsigned.generate>[1]>['extensions']>;

function issueLeaf(node: string, host: string, ca: Certificate): Promise<Certificate> {
  const addresses = [...new Set(['127.0.0.1', '::1', host])].filter((address) => /^[\d.]+$|:/.test(address));
  const altNames: { type: 2 | 7; value?: string; ip?: string }[] = [
    ...addresses.map((ip) => ({ type: 7 as const, ip })),
    ...['localhost', node].map((value) => ({ type: 2 as const, value })),
  ];
  const extensions: Extensions = [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames },
  ];
  return issue(node, 730, extensions, ca);
}

async function issue(name: string, days: number, extensions: Extensions, ca?: Certificate): Promise<Certificate> {
  const made = await selfsigned.generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - DAY_MS),
    notAfterDate: new Date(Date.now() + days * DAY_MS),
    extensions,
    ...(ca ? { ca } : {}),
  });
  return { key: made.private, cert: made.cert };
}
