import { compact, type Parameters } from './parameter.ts';

/** Keys of PUT .../qemu/{vmid}/config; `[n]` stands for a number. */
export const QEMU_CONFIG: Parameters = compact(`
  acpi:b affinity agent allow-ksm:b9 amd-sev arch args audio0 autostart:b balloon:i bios boot bootdisk cdrom cicustom
  cipassword citype ciupgrade:b ciuser cores:i cpu cpulimit:n cpuunits:i delete description digest efidisk0 force:b
  freeze:b hookscript hostpci[n] hotplug hugepages ide[n] intel-tdx:s9 ipconfig[n] ivshmem keephugepages:b keyboard
  kvm:b localtime:b lock machine memory migrate_downtime:n migrate_speed:i name nameserver net[n] numa:b numa[n]
  onboot:b ostype parallel[n] protection:b reboot:b revert rng0 sata[n] scsi[n] scsihw searchdomain serial[n]
  shares:i skiplock:b smbios1 smp:i sockets:i spice_enhancements sshkeys startdate startup tablet:b tags tdf:b
  template:b tpmstate0 unused[n] usb[n] vcpus:i vga virtio[n] virtiofs[n] vmgenid vmstatestorage watchdog`);

/** Keys of PUT .../lxc/{vmid}/config. */
export const LXC_CONFIG: Parameters = compact(`
  arch cmode console:b cores:i cpulimit:n cpuunits:i debug:b delete description dev[n] digest entrypoint:s9 env:s9
  features hookscript hostname lock memory:i mp[n] nameserver net[n] onboot:b ostype protection:b revert rootfs
  searchdomain startup swap:i tags template:b timezone tty:i unprivileged:b unused[n]`);
