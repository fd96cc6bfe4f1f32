package org.bellwether.libvirt.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;

/** Machines without an operating system: they sit in their firmware, which is all that most tests need. */
final class Machines {
    private Machines() {}

    static String xml(String name, UUID uuid, String devices) {
        return """
                <domain type='qemu'>
                  <name>%s</name>
                  <uuid>%s</uuid>
                  <memory unit='MiB'>32</memory>
                  <vcpu>1</vcpu>
                  <os><type arch='x86_64' machine='pc'>hvm</type><bios useserial='no'/></os>
                  <features><acpi/></features>
                  <cpu mode='custom'><model>qemu64</model></cpu>
                  <on_crash>destroy</on_crash>
                  <devices>
                    <emulator>/usr/bin/qemu-system-x86_64</emulator>
                    <controller type='usb' model='none'/>
                    <controller type='virtio-serial'/>
                    <memballoon model='virtio'/>
                    <video><model type='vga'/></video>
                    %s
                  </devices>
                </domain>""".formatted(name, uuid, devices);
    }

    /** One whose memory has a file in it from the start: it takes as long to move as that file's bytes take. */
    static String full(String name, UUID uuid, Path memory) {
        return xml(name, uuid, "")
                .replace("<domain ", "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' ")
                .replace("</domain>", """
                          <qemu:commandline>
                            <qemu:arg value='-device'/><qemu:arg value='loader,file=%s,addr=0x1000000,force-raw=on'/>
                          </qemu:commandline>
                        </domain>""".formatted(memory));
    }

    static String disk(Path file) {
        return """
                <disk type='file' device='disk'>
                  <driver name='qemu' type='qcow2'/><source file='%s'/><target dev='vda' bus='virtio'/>
                </disk>""".formatted(file);
    }

    /** Runs a program that must succeed. */
    static String run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + output);
        }
        return output;
    }
}
