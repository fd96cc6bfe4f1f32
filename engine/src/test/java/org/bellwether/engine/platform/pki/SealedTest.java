package org.bellwether.engine.platform.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.store.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SealedTest {

    @TempDir
    Path directory;

    record Row(String user, Sealed password) {}

    @Test
    void what_is_stored_does_not_show_the_secret_and_the_key_of_a_restart_opens_it() throws IOException {
        Path file = directory.resolve("secrets.key");
        SealingKey.take(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        var row = new Row("flock", Sealed.of(Secret.of("grey-wether")));
        String stored = Json.write(row);
        assertThat(stored).contains("flock").doesNotContain("grey");
        assertThat(Json.write(new Row("flock", Sealed.of(Secret.of("grey-wether")))))
                .as("the same secret twice cannot be seen to be the same")
                .isNotEqualTo(stored);
        assertThat(row.toString()).doesNotContain("grey");

        SealingKey.take(file);
        assertThat(Json.read(stored, Row.class).password().open().reveal()).isEqualTo("grey-wether");
        assertThat(Json.write(Json.read(stored, Row.class))).isEqualTo(stored);
    }

    @Test
    void a_secret_of_old_is_known_for_plain_and_still_read() {
        SealingKey.take(directory.resolve("secrets.key"));
        var old = Json.read("{\"user\":\"flock\",\"password\":\"grey-wether\"}", Row.class);
        assertThat(old.password().plain()).isTrue();
        assertThat(Sealed.of(old.password().open()).plain()).isFalse();
        assertThat(Sealed.of(old.password().open()).open().reveal()).isEqualTo("grey-wether");
    }

    @Test
    void another_key_or_a_changed_row_opens_nothing_and_says_what_to_do() throws IOException {
        SealingKey.take(directory.resolve("secrets.key"));
        String stored = Json.write(new Row("flock", Sealed.of(Secret.of("grey-wether"))));
        String changed = stored.replaceFirst("sealed:1:...", "sealed:1:AAA");
        assertThatThrownBy(() -> Json.read(changed, Row.class).password().open())
                .isInstanceOf(Failure.class)
                .hasMessageContaining("enter the secret anew");
        SealingKey.take(directory.resolve("other.key"));
        assertThatThrownBy(() -> Json.read(stored, Row.class).password().open()).isInstanceOf(Failure.class);
        Path broken = Files.writeString(directory.resolve("broken.key"), "nothing");
        assertThatThrownBy(() -> SealingKey.take(broken)).isInstanceOf(Failure.class);
    }
}
