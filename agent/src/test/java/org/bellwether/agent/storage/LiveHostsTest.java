package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bellwether.protocol.LiveHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lockspaces built by hand from the description of the format. */
class LiveHostsTest {
    @TempDir
    Path directory;

    @Test
    void a_fresh_lockspace_is_used_by_nobody() throws IOException {
        Path ids =
                Files.write(directory.resolve("ids"), LeaseArea.lockspace("3f2b1c4d-0a11-4e5f-9b7c-112233445566", 10));
        assertThat(LiveHosts.read(ids)).isEmpty();
        assertThat(LiveHosts.read(Files.createFile(directory.resolve("empty")))).isEmpty();
    }

    @Test
    void who_renews_lives_and_who_does_not_is_gone() throws IOException {
        byte[] area = LeaseArea.lockspace("3f2b1c4d-0a11-4e5f-9b7c-112233445566", 10);
        renew(area, 1, "gone", 5000);
        renew(area, 7, "alive", 900);
        var before = LiveHosts.read(Files.write(directory.resolve("ids"), area));
        assertThat(before).containsOnlyKeys(1, 7);
        renew(area, 7, "alive", 920);
        renew(area, 9, "new", 10);
        var after = LiveHosts.read(Files.write(directory.resolve("ids"), area));
        assertThat(LiveHosts.between(before, before)).isEmpty();
        assertThat(LiveHosts.between(before, after))
                .extracting(LiveHost::getHostId, LiveHost::getName)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(7, "alive"), org.assertj.core.groups.Tuple.tuple(9, "new"));
    }

    private static void renew(byte[] area, int host, String name, long timestamp) {
        ByteBuffer record = ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN);
        int at = (host - 1) * LeaseArea.SECTOR;
        record.putLong(at + 152, timestamp);
        record.put(at + 104, name.getBytes(StandardCharsets.US_ASCII));
    }
}
