package org.bellwether.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.bellwether.engine.platform.pki.SealingKey;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.storage.StorageDomain.Connection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MountOptionsTest {

    @TempDir
    Path directory;

    @BeforeEach
    void takeKey() {
        SealingKey.take(directory.resolve("secrets.key"));
    }

    private static Connection cifs(String options) {
        return new Connection(Connection.Type.POSIXFS, "", "//filer/gold", "cifs", options);
    }

    @Test
    void the_database_shows_none_of_them_and_hosts_are_told_all() {
        String stored = Json.write(cifs("vers=3,username=flock,password=grey-wether"));
        assertThat(stored).contains("cifs").doesNotContain("grey").doesNotContain("flock");
        var again = Json.read(stored, Connection.class);
        assertThat(Volumes.connection(again).getMountOptions()).isEqualTo("vers=3,username=flock,password=grey-wether");
        assertThat(Json.write(again)).isEqualTo(stored);
    }

    @Test
    void people_see_them_without_secrets() {
        assertThat(MountOptions.of("vers=3,username=flock,password=grey-wether,ro")
                        .shown())
                .isEqualTo("vers=3,username=flock,password=****,ro");
        assertThat(MountOptions.of("user=FARM/flock%grey,secret=AQB==,sec=krb5").shown())
                .isEqualTo("user=FARM/flock%****,secret=****,sec=krb5");
        assertThat(MountOptions.of("bind").toString()).isEqualTo("bind");
        assertThat(MountOptions.NONE.shown()).isEmpty();
    }

    @Test
    void stars_that_come_back_mean_the_secret_that_is_known() {
        var before = cifs("username=flock,password=grey-wether");
        assertThat(cifs("username=flock,password=****,vers=2")
                        .knowing(before)
                        .mountOptions()
                        .open())
                .isEqualTo("username=flock,password=grey-wether,vers=2");
        assertThat(cifs("username=ewe,password=white")
                        .knowing(before)
                        .mountOptions()
                        .open())
                .isEqualTo("username=ewe,password=white");
        assertThat(cifs("").knowing(before).mountOptions().open()).isEmpty();
    }

    @Test
    void those_of_an_older_engine_are_read_and_can_be_encrypted() {
        var old = Json.read(
                "{\"type\":\"POSIXFS\",\"address\":\"\",\"path\":\"/x\",\"vfsType\":\"none\",\"mountOptions\":\"bind,password=grey\"}",
                Connection.class);
        assertThat(old.plain()).isTrue();
        assertThat(Json.write(old.sealed())).doesNotContain("grey");
        assertThat(old.sealed().mountOptions().open()).isEqualTo("bind,password=grey");
        var empty = Json.read(
                "{\"type\":\"NFS\",\"address\":\"filer\",\"path\":\"/x\",\"vfsType\":\"\",\"mountOptions\":\"\"}",
                Connection.class);
        assertThat(empty.plain()).isFalse();
        assertThat(empty.mountOptions().open()).isEmpty();
    }

    @Test
    void without_the_key_the_list_of_domains_is_still_shown() {
        String stored = Json.write(cifs("password=grey-wether"));
        SealingKey.take(directory.resolve("other.key"));
        assertThat(Json.read(stored, Connection.class).mountOptions().shown()).isEqualTo("****");
    }
}
