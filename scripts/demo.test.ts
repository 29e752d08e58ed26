import { expect, test } from 'vitest';
import { proxmoxEnv } from './demo.ts';

test('the services are given every node, the token and the certificate authority', () => {
  const ready = {
    nodes: { pve1: 'https://127.0.0.1:4001', pve2: 'https://127.0.0.1:4002' },
    control: 'http://127.0.0.1:4000',
    token_id: 'proxbalance@pve!main',
    token_secret: 'secret',
    ca_file: '/tmp/ca.pem',
  };
  expect(proxmoxEnv(ready)).toEqual({
    PROXMOX_HOSTS: '127.0.0.1:4001,127.0.0.1:4002',
    PROXMOX_TOKEN_ID: 'proxbalance@pve!main',
    PROXMOX_TOKEN_SECRET: 'secret',
    PROXMOX_TLS: 'verify',
    PROXMOX_CA_FILE: '/tmp/ca.pem',
  });
});
