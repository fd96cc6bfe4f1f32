package org.bellwether.agent.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bellwether.protocol.HostDevice;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostDevicesTest {

    @TempDir
    Path sys;

    private HostDevices devices;

    @BeforeEach
    void lookThere() throws IOException {
        Files.writeString(sys.resolve("mounts"), "proc /proc proc rw 0 0\n/dev/sda2 / ext4 rw 0 0\n");
        devices = new HostDevices(sys, sys.resolve("mounts"));
    }

    private Path device(String bus, String name, String... files) throws IOException {
        Path place = Files.createDirectories(sys.resolve("devices").resolve(name));
        for (int at = 0; at < files.length; at += 2) {
            Files.writeString(place.resolve(files[at]), files[at + 1] + "\n");
        }
        Path list = Files.createDirectories(sys.resolve("bus/" + bus + "/devices"));
        Files.createSymbolicLink(list.resolve(Path.of(name).getFileName()), place);
        return place;
    }

    private HostDevice only(String name) {
        return devices.list().stream()
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void pci_devices_can_be_given_only_where_an_iommu_keeps_them_apart() throws IOException {
        Path apart = device("pci", "0000:03:00.1", "vendor", "0x8086", "device", "0x1572", "class", "0x020000");
        Files.createSymbolicLink(apart.resolve("iommu_group"), Path.of("../../kernel/iommu_groups/17"));
        Files.createSymbolicLink(apart.resolve("driver"), Path.of("../../bus/pci/drivers/i40e"));
        device("pci", "0000:00:1f.2", "vendor", "0x8086", "device", "0x2922", "class", "0x010601");
        device("pci", "0000:00:01.0", "vendor", "0x8086", "device", "0x1901", "class", "0x060400");

        HostDevice card = only("pci_0000_03_00_1");
        assertThat(card.getIsolated()).isTrue();
        assertThat(card.getIommuGroup()).isEqualTo(17);
        assertThat(card.getDriver()).isEqualTo("i40e");
        assertThat(card.getVendorId()).isEqualTo("0x8086");
        assertThat(card.getUnusable()).isEmpty();
        assertThat(devices.require("pci_0000_03_00_1", "web")).isEqualTo(card);
        assertThat(only("pci_0000_00_01_0").getUnusable()).contains("bridge");
        assertThatThrownBy(() -> devices.require("pci_0000_00_1f_2", "web"))
                .hasMessageContaining("web")
                .hasMessageContaining("no IOMMU");
    }

    @Test
    void a_card_that_can_be_divided_says_into_what() throws IOException {
        Path card = device("pci", "0000:41:00.0", "vendor", "0x10de", "device", "0x13f2", "class", "0x030000");
        Path type = Files.createDirectories(card.resolve("mdev_supported_types/nvidia-35"));
        Files.writeString(type.resolve("name"), "GRID M60-0B\n");
        Files.writeString(type.resolve("description"), "num_heads=2, framebuffer=512M\n");
        Files.writeString(type.resolve("available_instances"), "16\n");

        assertThat(only("pci_0000_41_00_0").getMediatedTypesList())
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.getName()).isEqualTo("nvidia-35");
                    assertThat(found.getReadable()).isEqualTo("GRID M60-0B");
                    assertThat(found.getAvailable()).isEqualTo(16);
                });
    }

    @Test
    void usb_devices_are_known_by_their_port_and_hubs_are_not_given_away() throws IOException {
        device(
                "usb",
                "1-1.4",
                "idVendor",
                "0529",
                "idProduct",
                "0001",
                "manufacturer",
                "Aladdin",
                "product",
                "Key",
                "busnum",
                "1",
                "devnum",
                "9",
                "bDeviceClass",
                "ff");
        device("usb", "1-1", "idVendor", "8087", "idProduct", "0024", "bDeviceClass", "09");
        device("usb", "1-1.4:1.0", "bInterfaceClass", "ff");
        device("usb", "usb1", "idVendor", "1d6b", "idProduct", "0002", "bDeviceClass", "09");

        assertThat(devices.list()).extracting(HostDevice::getName).containsExactly("usb_1_1", "usb_1_1_4");
        HostDevice key = only("usb_1_1_4");
        assertThat(key.getBus()).isEqualTo(1);
        assertThat(key.getDevice()).isEqualTo(9);
        assertThat(key.getVendor()).isEqualTo("Aladdin");
        assertThat(only("usb_1_1").getUnusable()).contains("hub");
    }

    @Test
    void a_disk_that_the_host_works_with_is_kept() throws IOException {
        Path system = device("scsi", "0:0:0:0", "vendor", "ATA", "model", "SYSTEM");
        Files.createDirectories(system.resolve("block/sda/sda2"));
        Path pool = device("scsi", "1:0:0:0", "vendor", "ATA", "model", "LVM");
        Files.createDirectories(pool.resolve("block/sdb/holders/dm-0"));
        Path free = device("scsi", "2:0:3:1", "vendor", "HP", "model", "Ultrium");
        Files.createDirectories(free.resolve("block/sdc/holders"));

        assertThat(only("scsi_0_0_0_0").getUnusable()).contains("sda2 is mounted");
        assertThat(only("scsi_1_0_0_0").getUnusable()).contains("sdb");
        assertThat(only("scsi_2_0_3_1").getUnusable()).isEmpty();
        assertThat(only("scsi_2_0_3_1").getProduct()).isEqualTo("Ultrium");
    }

    @Test
    void what_is_not_there_is_said_so() {
        assertThat(devices.list()).isEmpty();
        assertThatThrownBy(() -> devices.require("usb_1_1", "web")).hasMessageContaining("does not have");
    }
}
