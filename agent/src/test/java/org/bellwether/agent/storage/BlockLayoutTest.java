package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bellwether.protocol.IscsiTarget;
import org.bellwether.protocol.StorageConnection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a block domain looks like, without one: tags, names of LUNs, answers of iscsiadm. */
final class BlockLayoutTest {
    private static final String ID = "3f2b1c4d-0a11-4e5f-9b7c-112233445566";

    @Test
    void the_text_of_a_domain_becomes_tags_as_ovirt_writes_them() {
        Map<String, String> lines = new TreeMap<>();
        lines.put("ALIGNMENT", "1048576");
        lines.put("BLOCK_SIZE", "512");
        lines.put("CLASS", "Data");
        lines.put("DESCRIPTION", "gold iscsi");
        lines.put("ROLE", "Regular");
        lines.put("IOOPTIMEOUTSEC", "10");
        lines.put("LEASERETRIES", "3");
        lines.put("LEASETIMESEC", "60");
        lines.put("LOCKPOLICY", "");
        lines.put("LOCKRENEWALINTERVALSEC", "5");
        lines.put("POOL_UUID", "");
        lines.put("TYPE", "ISCSI");
        lines.put("VERSION", "5");
        lines.put("SDUUID", ID);
        lines.put("VGUUID", "k1XyZa-0b1C-2d3E-4f5G-6h7I-8j9K-LmNoPq");
        lines.put(
                "PV0",
                "pv:3600a0b8000112233445566778899aabb,uuid:Q1w2E3-r4T5-y6U7-i8O9-p0A1-s2D3-f4G5H6,pestart:0,pecount:1597,"
                        + "mapoffset:0");
        Set<String> tags = DomainTags.of(DomainMetadata.of(lines));
        assertThat(tags)
                .contains("MDT__SHA_CKSUM=3874e8a23cf51a461bb0ac0c7a9513a7d58758df", "MDT_DESCRIPTION=gold&32&iscsi")
                .allMatch(tag -> tag.matches("[A-Za-z0-9_+./=!:#&-]+"));
        for (String name : new String[] {"Größe & mehr", "a,b", "&32&"}) {
            assertThat(DomainTags.decode(DomainTags.encode(name))).isEqualTo(name);
        }
    }

    @Test
    void luns_are_read_with_names_serials_sessions_and_paths(@TempDir Path sys) throws IOException {
        lun(sys, "sda", "host2/session7/target2:0:0/2:0:0:1", "naa.6001405abc", 24_000_000, "LU-1");
        lun(sys, "sdb", "host3/session8/target3:0:0/3:0:0:1", "naa.6001405abc", 24_000_000, "LU-1");
        lun(sys, "sdc", "host4/target4:0:0/4:0:0:3", "naa.5000c500a1b2c3d4", 48_000_000, "FC0001");
        var luns = new Luns(sys).all();
        assertThat(luns).hasSize(2);
        assertThat(luns.get(0).id()).isEqualTo("36001405abc");
        assertThat(luns.get(0).sessions()).containsExactly(7, 8);
        assertThat(luns.get(0).paths()).isEqualTo(2);
        assertThat(luns.get(0).bytes()).isEqualTo(24_000_000L * 512);
        assertThat(luns.get(0).serial()).isEqualTo("LU-1");
        assertThat(luns.get(1).iscsi()).isFalse();
        assertThat(luns.get(1).number()).isEqualTo(3);
    }

    @Test
    void what_a_session_has_found_is_complete_once_each_lun_is_a_disk(@TempDir Path sys) throws IOException {
        Luns luns = new Luns(sys);
        assertThat(luns.complete()).as("nothing was found").isTrue();
        for (String device : new String[] {"host2/session7/target2:0:0/2:0:0:1", "host4/target4:0:0/4:0:0:3"}) {
            Path found = Files.createDirectories(sys.resolve("devices").resolve(device));
            Files.writeString(found.resolve("type"), "0\n");
            Files.createDirectories(sys.resolve("bus/scsi/devices"));
            Files.createSymbolicLink(sys.resolve("bus/scsi/devices").resolve(found.getFileName()), found);
        }
        assertThat(luns.complete()).as("that of the session is no disk yet").isFalse();
        Files.createDirectories(sys.resolve("devices/host2/session7/target2:0:0/2:0:0:1/block/sdb"));
        assertThat(luns.complete()).as("others are not waited for").isTrue();
    }

    @Test
    void a_multipath_device_is_what_is_used_and_has_outgrown_paths_once_all_of_them_are_larger(@TempDir Path sys)
            throws IOException {
        for (String name : new String[] {"sda", "sdb"}) {
            lun(sys, name, "host4/target4:0:0/4:0:0:" + name, "naa.5000c500a1b2c3d4", 48_000_000, "FC0001");
            Files.createDirectories(sys.resolve("block/dm-0/slaves/" + name));
            Files.createDirectories(sys.resolve("block").resolve(name).resolve("holders"));
            Files.createSymbolicLink(
                    sys.resolve("block").resolve(name).resolve("holders/dm-0"), sys.resolve("block/dm-0"));
        }
        Files.createDirectories(sys.resolve("block/dm-0/dm"));
        Files.writeString(sys.resolve("block/dm-0/dm/uuid"), "mpath-35000c500a1b2c3d4\n");
        Files.writeString(sys.resolve("block/dm-0/dm/name"), "mpatha\n");
        Files.writeString(sys.resolve("block/dm-0/size"), "48000000\n");
        Luns luns = new Luns(sys);
        assertThat(luns.outgrown()).isEmpty();
        Files.writeString(sys.resolve("block/sda/size"), "50000000\n");
        assertThat(luns.outgrown()).as("the other path is not there yet").isEmpty();
        Files.writeString(sys.resolve("block/sdb/size"), "50000000\n");
        assertThat(luns.outgrown()).containsExactly("mpatha");
        var lun = luns.all();
        assertThat(lun).hasSize(1);
        assertThat(lun.getFirst().device()).isEqualTo("/dev/mapper/mpatha");
        assertThat(lun.getFirst().paths()).isEqualTo(2);
        assertThat(lun.getFirst().bytes()).isEqualTo(48_000_000L * 512);
        assertThat(lun.getFirst().held()).isFalse();
        Files.createDirectories(sys.resolve("block/dm-0/holders/dm-1/dm"));
        Files.writeString(sys.resolve("block/dm-0/holders/dm-1/dm/uuid"), "LVM-abc\n");
        assertThat(luns.all().getFirst().held()).isTrue();
    }

    @Test
    void partitions_that_a_guest_made_do_not_make_a_lun_the_hosts_but_what_stands_on_them_does(@TempDir Path sys)
            throws IOException {
        lun(sys, "sdx", "host4/target4:0:0/4:0:0:3", "naa.5000c500a1b2c3d4", 48_000_000, "FC0001");
        Path part = sys.resolve("block/sdx/sdx1");
        Files.createDirectories(part.resolve("holders"));
        Files.writeString(part.resolve("partition"), "1\n");
        var parted = new Luns(sys).all().getFirst();
        assertThat(parted.ownUse()).isTrue();
        assertThat(parted.held()).isFalse();
        Files.createDirectories(part.resolve("holders/dm-3/dm"));
        Files.writeString(part.resolve("holders/dm-3/dm/uuid"), "LVM-abc\n");
        assertThat(new Luns(sys).all().getFirst().held()).isTrue();
    }

    @Test
    void ports_and_disks_of_a_fabric_are_looked_at_again_and_one_that_is_dead_keeps_none_from_it(@TempDir Path sys)
            throws IOException {
        lun(sys, "sda", "host2/session7/target2:0:0/2:0:0:1", "naa.6001405abc", 24_000_000, "LU-1");
        lun(sys, "sdb", "host4/target4:0:0/4:0:0:2", "naa.5000c500a1b2c3d3", 48_000_000, "FC0000");
        lun(sys, "sdc", "host4/target4:0:0/4:0:0:3", "naa.5000c500a1b2c3d4", 48_000_000, "FC0001");
        Files.createDirectories(sys.resolve("block/sdb/device/rescan"));
        Files.createDirectories(sys.resolve("class/fc_host/host4"));
        Path port =
                Files.createDirectories(sys.resolve("class/scsi_host/host4")).resolve("scan");
        new LunScan(new Iscsi(), new Luns(sys), sys).run();
        assertThat(port).hasContent("- - -");
        assertThat(sys.resolve("block/sdc/device/rescan")).hasContent("1");
        assertThat(sys.resolve("block/sda/device/rescan")).doesNotExist();
    }

    private static void lun(Path sys, String name, String place, String wwid, long sectors, String serial)
            throws IOException {
        Path device = sys.resolve("devices/pci0/" + place);
        Files.createDirectories(device);
        Path block = sys.resolve("block").resolve(name);
        Files.createDirectories(block);
        Files.createSymbolicLink(block.resolve("device"), device);
        Files.writeString(block.resolve("size"), sectors + "\n");
        Files.writeString(device.resolve("type"), "0\n");
        Files.writeString(device.resolve("wwid"), wwid + "\n");
        Files.writeString(device.resolve("vendor"), "VENDOR  \n");
        Files.write(device.resolve("vpd_pg80"), ("\0\u0080\0\4" + serial).getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void targets_are_read_from_what_iscsiadm_prints() {
        assertThat(Iscsi.parse("192.168.177.6:3260,1 iqn.2026-01.org.example:a"))
                .isEqualTo(IscsiTarget.newBuilder()
                        .setAddress("192.168.177.6")
                        .setPort(3260)
                        .setPortalGroup(1)
                        .setTarget("iqn.2026-01.org.example:a")
                        .build());
        assertThat(Iscsi.parse("[fd00::7]:3261,-1 iqn.2026-01.org.example:b").getAddress())
                .isEqualTo("fd00::7");
        assertThat(Iscsi.parse("iscsiadm: No portals found").getTarget()).isEmpty();
    }

    @Test
    void a_block_domain_is_a_tree_of_its_own_below_the_mount_root() {
        Path root = Path.of("/rhev/data-center/mnt");
        Mount mount = Mount.of(
                StorageConnection.newBuilder()
                        .setType(StorageConnection.Type.ISCSI)
                        .setPath(ID)
                        .build(),
                root);
        assertThat(mount.point()).isEqualTo(root.resolve("blockSD").resolve(ID));
        assertThat(mount.domain(ID).block()).isTrue();
        assertThat(mount.domain(ID).images()).isEqualTo(mount.point().resolve("images"));
        assertThat(mount.domainType()).isEqualTo("ISCSI");
        Mount any = Mount.of(
                StorageConnection.newBuilder()
                        .setType(StorageConnection.Type.FIBRE_CHANNEL)
                        .build(),
                root);
        assertThat(any.anyGroup()).isTrue();
        assertThat(any.domain(ID).root()).isEqualTo(mount.point());
    }

    @Test
    void a_thin_volume_begins_with_a_chunk_and_never_gets_more_than_its_tables_need() {
        assertThat(Volumes.extents(1)).isEqualTo(Lvm.EXTENT);
        assertThat(Volumes.most(10L << 30)).isEqualTo(11L << 30);
    }
}
