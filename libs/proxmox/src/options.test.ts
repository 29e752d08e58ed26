import { describe, expect, test } from 'vitest';
import { authOf, authorization, hostName, parseHosts, parseTlsMode } from './options.ts';

const HEX = 'ab'.repeat(32);
const COLONS = Array.from({ length: 32 }, () => 'AB').join(':');

describe('hosts', () => {
  test.each([
    ['a name takes the default port', 'pve1', ['pve1:8006']],
    ['a port of its own is kept', 'a,b:8443', ['a:8006', 'b:8443']],
    ['IPv6 stands in brackets', '[::1]:8006,[fe80::1]', ['[::1]:8006', '[fe80::1]:8006']],
    ['IPv6 alone needs none', '2001:db8::5', ['[2001:db8::5]:8006']],
    ['spaces, empty parts and repeats do not matter', ' pve1 ,, PVE1:8006 ,10.0.0.2', ['pve1:8006', '10.0.0.2:8006']],
  ])('%s', (_, text, expected) => {
    expect(parseHosts(text).map(hostName)).toEqual(expected);
  });

  test('the default port can be another', () => {
    expect(parseHosts('a,b:1', 443).map(hostName)).toEqual(['a:443', 'b:1']);
  });

  test.each(['', ' , ', 'https://pve1', 'pve1/x', 'pve1:0', 'pve1:99999', 'a b', '[pve1]', 'user@pve1', 'pve1:80:80'])(
    "'%s' is refused",
    (text) => {
      expect(() => parseHosts(text)).toThrow(TypeError);
    },
  );
});

describe('TLS modes', () => {
  test('verify and insecure', () => {
    expect(parseTlsMode('verify')).toEqual({ mode: 'verify' });
    expect(parseTlsMode('insecure')).toEqual({ mode: 'insecure' });
  });

  test('pins come in any writing', () => {
    expect(parseTlsMode(`pin:${HEX}, ${COLONS.toLowerCase()}`)).toEqual({
      mode: 'pin',
      fingerprints: [COLONS, COLONS],
    });
  });

  test.each(['', 'VERIFY', 'pin:', 'pin', 'pin:AA:BB', `pin:${HEX}00`, `pin:${'zz'.repeat(32)}`])(
    "'%s' is refused",
    (text) => {
      expect(() => parseTlsMode(text)).toThrow(TypeError);
    },
  );
});

describe('authorization', () => {
  test('a token goes as it is', () => {
    expect(authorization('root@pam!x', '0b1c-2')).toBe('PVEAPIToken=root@pam!x=0b1c-2');
  });

  test('what Proxmox would unescape or cut off is escaped', () => {
    expect(authorization('a%b@ldap!x', 's;t')).toBe('PVEAPIToken=a%25b@ldap!x=s%3Bt');
  });

  test('nothing can be smuggled into the header, and the refusal does not repeat the secret', () => {
    const bad = () => authorization('root@pam!x', 'secret\r\nX-Evil: 1');
    expect(bad).toThrow(TypeError);
    expect(bad).not.toThrow(/secret\r/);
    expect(() => authorization('root@pam', 's')).toThrow('user@realm!name');
  });
});

test('a token in short is a token; anything else says what it is', () => {
  const connection = { hosts: [], tls: { mode: 'insecure' as const } };
  const token = { tokenId: 'a@pve!x', tokenSecret: 's' };
  expect(authOf({ ...connection, ...token })).toEqual({ kind: 'token', ...token });
  const auth = { kind: 'password' as const, username: 'root@pam', password: 'p' };
  expect(authOf({ ...connection, auth })).toBe(auth);
});
