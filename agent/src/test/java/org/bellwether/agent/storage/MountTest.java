package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.StorageConnection;
import org.junit.jupiter.api.Test;

class MountTest {
    private static final Path ROOT = Path.of("/rhev/data-center/mnt");

    @Test
    void places_are_those_of_ovirt() {
        assertThat(posix("filer1.example.org:/export/gold").point())
                .isEqualTo(ROOT.resolve("filer1.example.org:_export_gold"));
        assertThat(posix("filer1.example.org:/export//my_data/").point())
                .isEqualTo(ROOT.resolve("filer1.example.org:_export_my__data"));
        assertThat(posix("[fd00::7]:/vol1").point()).isEqualTo(ROOT.resolve("[fd00::7]:_vol1"));
        assertThat(gluster("g1", "/vmstore").point()).isEqualTo(ROOT.resolve("glusterSD/g1:_vmstore"));
        assertThat(gluster("g1", "vmstore").source()).isEqualTo("g1:/vmstore");
        assertThat(local("/data/images").point()).isEqualTo(ROOT.resolve("_data_images"));
    }

    @Test
    void gluster_is_read_past_the_page_cache_unless_somebody_says_otherwise() {
        assertThat(gluster("g1", "/vmstore").options()).isEqualTo("direct-io-mode=enable");
        var said = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.GLUSTER)
                .setAddress("g1")
                .setPath("/vmstore");
        assertThat(Mount.of(said.setMountOptions("backup-volfile-servers=g2:g3").build(), ROOT)
                        .options())
                .isEqualTo("backup-volfile-servers=g2:g3,direct-io-mode=enable");
        assertThat(Mount.of(said.setMountOptions("direct-io-mode=auto").build(), ROOT)
                        .options())
                .isEqualTo("direct-io-mode=auto");
    }

    @Test
    void hostile_connections_are_refused() {
        assertThatThrownBy(() -> local("relative")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> local("/")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> local("/rhev/data-center/mnt/x")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> local("/a\n/b")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> posix("-o")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> gluster("g1 -o x", "v")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> Mount.of(
                        StorageConnection.newBuilder()
                                .setType(StorageConnection.Type.POSIX)
                                .setVfsType("--bind")
                                .setPath("/a")
                                .build(),
                        ROOT))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> Mount.of(StorageConnection.getDefaultInstance(), ROOT))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> local("/data").domain("../../etc")).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> local("/data").domain("3F2B1C4D-0A11-4E5F-9B7C-112233445566"))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void nfs_is_mounted_softly() {
        StorageConnection.Builder nfs = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.NFS)
                .setAddress("fd00::7")
                .setPath("/export/gold");
        assertThat(Mount.of(nfs.build(), ROOT).point()).isEqualTo(ROOT.resolve("[fd00::7]:_export_gold"));
        assertThat(Mount.of(nfs.build(), ROOT).domainType()).isEqualTo("NFS");
        assertThat(Mount.of(nfs.build(), ROOT).options()).isEqualTo("soft,nosharecache,timeo=100,retrans=3,nolock");
        assertThat(Mount.of(nfs.setNfsVersion("4.1").setNfsTimeoutDs(150).build(), ROOT)
                        .options())
                .isEqualTo("soft,nosharecache,timeo=150,retrans=3,nfsvers=4.1");
        assertThat(Mount.of(nfs.setNfsVersion("3").setMountOptions("lock").build(), ROOT)
                        .options())
                .isEqualTo("soft,nosharecache,timeo=150,retrans=3,nfsvers=3,lock");
        assertThatThrownBy(() -> Mount.of(nfs.setNfsVersion("3,dev").build(), ROOT))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() ->
                        Mount.of(nfs.setNfsVersion("").setAddress("a -o suid").build(), ROOT))
                .isInstanceOf(Refusal.class);
    }

    @Test
    void the_kernels_table_is_read_with_its_escapes() {
        MountTable table = MountTable.parse("""
            22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
            90 22 0:50 / /rhev/data-center/mnt/a\\040b rw shared:1 - fuse.glusterfs g1:/v\\0401 rw
            91 22 0:51 / /rhev/data-center/mnt/a\\040b rw - nfs4 filer:/x rw
            """);
        assertThat(table.at(Path.of("/rhev/data-center/mnt/a b"))).hasValueSatisfying(entry -> {
            assertThat(entry.type()).isEqualTo("nfs4");
            assertThat(entry.source()).isEqualTo("filer:/x");
        });
        assertThat(table.below(ROOT)).containsExactly(Path.of("/rhev/data-center/mnt/a b"));
    }

    private static Mount local(String path) {
        return Mount.of(
                StorageConnection.newBuilder()
                        .setType(StorageConnection.Type.LOCAL)
                        .setPath(path)
                        .build(),
                ROOT);
    }

    private static Mount posix(String path) {
        return Mount.of(
                StorageConnection.newBuilder()
                        .setType(StorageConnection.Type.POSIX)
                        .setVfsType("nfs")
                        .setPath(path)
                        .build(),
                ROOT);
    }

    private static Mount gluster(String server, String volume) {
        return Mount.of(
                StorageConnection.newBuilder()
                        .setType(StorageConnection.Type.GLUSTER)
                        .setAddress(server)
                        .setPath(volume)
                        .build(),
                ROOT);
    }
}
