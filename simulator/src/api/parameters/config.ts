import { compact, type Parameters, text } from './parameter.ts';

const KEYBOARDS = 'de|de-ch|da|en-gb|en-us|es|fi|fr|fr-be|fr-ca|fr-ch|hu|is|it|ja|lt|mk|nl|no|pl|pt|pt-br|sv|sl|tr';
const LOCKS = 'backup|migrate|rollback|snapshot|snapshot-delete|create';
const description = text({ maxLength: 8_192 });
const digest = text({ maxLength: 40 });
const tags = text({ format: 'tags' });

/** Keys of PUT .../qemu/{vmid}/config; `[n]` stands for a number. Property strings are stored as they come. */
export const QEMU_CONFIG: Parameters = {
  ...compact(`
    acpi:b affinity agent allow-ksm:b9 amd-sev arch=x86_64|aarch64 args audio0 autostart:b balloon:i0..
    bios=seabios|ovmf boot cdrom cicustom cipassword citype=configdrive2|nocloud|opennebula ciupgrade:b ciuser cores:i1..
    cpu cpulimit:n0..128 cpuunits:i1..262144 delete efidisk0 force:b freeze:b hookscript hostpci[n] hotplug
    hugepages=any|2|1024 ide[n] intel-tdx:9 ipconfig[n] ivshmem keephugepages:b keyboard=${KEYBOARDS} kvm:b
    localtime:b lock=${LOCKS}|clone|suspending|suspended machine migrate_downtime:n0.. migrate_speed:i0.. nameserver net[n]
    numa:b numa[n] onboot:b ostype=other|wxp|w2k|w2k3|w2k8|wvista|win7|win8|win10|win11|l24|l26|solaris protection:b
    reboot:b revert rng0 sata[n] scsi[n] scsihw=lsi|lsi53c810|virtio-scsi-pci|virtio-scsi-single|megasas|pvscsi
    searchdomain shares:i0..50000 skiplock:b smp:i1.. sockets:i1.. spice_enhancements sshkeys startup tablet:b tdf:b
    template:b tpmstate0 unused[n] usb[n] vcpus:i1.. vga virtio[n] virtiofs[n] watchdog`),
  bootdisk: text({ pattern: /^(ide|sata|scsi|virtio)\d+$/ }),
  description,
  digest,
  memory: text({ format: 'memory' }),
  name: text({ format: 'dns-name' }),
  'parallel[n]': text({ pattern: /^(\/dev\/parport\d+|\/dev\/usb\/lp\d+)$/ }),
  'serial[n]': text({ pattern: /^(\/dev\/.+|socket)$/ }),
  smbios1: text({ maxLength: 512 }),
  startdate: text({ pattern: /^(now|\d{4}-\d{1,2}-\d{1,2}(T\d{1,2}:\d{1,2}:\d{1,2})?)$/ }),
  tags,
  vmgenid: text({ pattern: /^([a-fA-F0-9]{8}(-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}|[01])$/ }),
  vmstatestorage: text({ format: 'storage-id' }),
};

/** Keys of PUT .../lxc/{vmid}/config. */
export const LXC_CONFIG: Parameters = {
  ...compact(`
    arch=amd64|i386|arm64|armhf|riscv32|riscv64 cmode=shell|console|tty console:b cores:i1..8192 cpulimit:n0..8192
    cpuunits:i0..500000 debug:b delete dev[n] entrypoint:9 env:9 features hookscript
    lock=${LOCKS}|destroyed|disk|fstrim|mounted memory:i16.. mp[n] nameserver net[n] onboot:b
    ostype=debian|devuan|ubuntu|centos|fedora|opensuse|archlinux|alpine|gentoo|nixos|unmanaged protection:b revert rootfs
    searchdomain startup swap:i0.. template:b timezone tty:i0..6 unprivileged:b unused[n]`),
  description,
  digest,
  hostname: text({ format: 'dns-name', maxLength: 255 }),
  tags,
};
