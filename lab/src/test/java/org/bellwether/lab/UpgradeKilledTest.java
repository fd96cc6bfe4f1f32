package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A machine whose engine is being upgraded loses its power at each of the steps. When it is back the engine serves again, with all
 * that was decided, also what was decided since; and the upgrade comes to its end when it is begun again. One in three steps is
 * tried on each day; {@code -Dbellwether.every-moment=true} tries all.
 */
@InTurn(of = UpgradeKilledTest.PARTS, on = 2)
final class UpgradeKilledTest {
    private static final String OLD = "1.0";
    private static final String NEW = "1.1";
    private static final String BROKEN = "1.2";
    private static final String HOME = "var/lib/bellwether";
    private static final boolean EVERY_MOMENT = Boolean.getBoolean("bellwether.every-moment");
    static final int PARTS = 3;

    private final Lab lab = Lab.forTest();
    private final PackagedDebian debian = new PackagedDebian(lab);
    private String password = "";
    private int decided;

    @BeforeEach
    void install() throws IOException {
        debian.unpack();
        debian.install(debian.engine(OLD));
        debian.run("bellwether", "setup", "--answers", debian.answers());
        password = debian.read(HOME + "/engine/admin-password").strip();
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void to_a_version_that_serves() throws IOException {
        Map<String, BooleanSupplier> moments = new LinkedHashMap<>();
        moments.put("the engine has ended", () -> !listens());
        moments.put(
                "its program is being copied",
                () -> debian.exists("usr/lib", "bellwether.previous.new")
                        || debian.exists(HOME + "/upgrade", "before-"));
        moments.put("it is being saved", () -> debian.exists(HOME + "/upgrade", "before-"));
        moments.put("all is saved", () -> debian.stage().equals("prepared"));
        moments.put("its files are half replaced", () -> debian.exists("usr/lib/bellwether/lib", "*.dpkg-new"));
        moments.put("the new version starts", () -> debian.stage().equals("trial"));
        moments.put("the new version serves", () -> debian.stage().equals("trial") && listens());
        boolean upwards = true;
        for (Map.Entry<String, BooleanSupplier> moment : ofToday(moments)) {
            // From the one to the other and back: to dpkg both are upgrades.
            String next = upwards ? NEW : OLD;
            upwards = !upwards;
            Path deb = debian.engine(next);
            // Of the earlier round.
            Lab.removeTree(debian.path(HOME + "/upgrade"));
            decide();
            debian.losesPowerWhen(moment.getKey(), deb, moment.getValue());
            comesBack(moment.getKey());
            decide();
            debian.install(deb);
            assertThat(debian.run("bellwether", "engine", "status"))
                    .as(moment.getKey())
                    .contains("serves at")
                    .doesNotContain("It is version", "cut off");
            assertThat(debian.read("usr/lib/bellwether/version").strip()).isEqualTo(next);
            knowsAll(moment.getKey());
        }
    }

    @Test
    void to_a_version_that_does_not_serve() throws IOException {
        Map<String, BooleanSupplier> moments = new LinkedHashMap<>();
        moments.put("all is saved", () -> debian.stage().equals("prepared"));
        moments.put("the new version starts", () -> debian.stage().equals("trial"));
        moments.put("the old one is to be put back", () -> debian.stage().equals("returning"));
        moments.put("its backup is unpacked", () -> debian.exists(HOME, "unpacked"));
        moments.put("its database is filled", () -> debian.exists(HOME, "restoring"));
        moments.put("the new one's data is aside", () -> debian.exists(HOME, "engine.aside"));
        Path broken = debian.brokenEngine(BROKEN);
        for (Map.Entry<String, BooleanSupplier> moment : ofToday(moments)) {
            debian.run("sh", "-c", "rm -rf /" + HOME + "/engine.aside*");
            decide();
            debian.losesPowerWhen(moment.getKey(), broken, moment.getValue());
            comesBack(moment.getKey());
            assertThat(debian.exists(HOME, "restoring") || debian.exists(HOME, "unpacked"))
                    .as("%s: leftovers of the restore that died", moment.getKey())
                    .isFalse();
            decide();
            Command.Outcome again = debian.tryToInstall(broken);
            assertThat(again.succeeded()).as(again.output()).isFalse();
            assertThat(debian.run("bellwether", "engine", "status"))
                    .as(moment.getKey())
                    .contains("serves at", "It is version " + OLD);
            knowsAll(moment.getKey());
        }
    }

    private static List<Map.Entry<String, BooleanSupplier>> ofToday(Map<String, BooleanSupplier> moments) {
        List<Map.Entry<String, BooleanSupplier>> all = new ArrayList<>(moments.entrySet());
        if (EVERY_MOMENT) {
            return all;
        }
        // It runs on one day in three.
        int today = (int) (LocalDate.now(ZoneOffset.UTC).toEpochDay() / PARTS % PARTS);
        List<Map.Entry<String, BooleanSupplier>> chosen = new ArrayList<>();
        for (int at = today; at < all.size(); at += PARTS) {
            chosen.add(all.get(at));
        }
        return chosen;
    }

    /** What systemd does when the machine has booted, and people without it. */
    private void comesBack(String moment) {
        String said = debian.run("bellwether", "engine", "start");
        assertThat(debian.run("bellwether", "engine", "status"))
                .as("%s; it said: %s", moment, said)
                .contains("serves at");
        knowsAll(moment);
    }

    private void decide() {
        decided++;
        signOn().post("/tags", Inventory.object().put("name", "decision" + decided));
    }

    private void knowsAll(String moment) {
        ApiClient api = signOn();
        for (int each = 1; each <= decided; each++) {
            assertThat(api.named("/tags", "decision" + each).path("id").asText())
                    .as("%s: decision %d", moment, each)
                    .isNotEmpty();
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), debian.port()), 1000);
            return true;
        } catch (IOException down) {
            return false;
        }
    }

    private ApiClient signOn() {
        URI url = URI.create("https://127.0.0.1:" + debian.port() + "/ovirt-engine");
        return ApiClient.signOn(url, debian.path(HOME + "/engine/pki/ca.crt"), "admin@internal", password);
    }
}
