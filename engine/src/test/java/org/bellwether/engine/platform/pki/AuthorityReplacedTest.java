package org.bellwether.engine.platform.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.pki.Authority.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of an authority that is replaced, also when the engine dies between any two of them. */
class AuthorityReplacedTest {
    private static final Duration LIFE = Duration.ofDays(1000);

    private Instant now = Instant.parse("2026-11-29T12:00:00Z");

    @TempDir
    Path folder;

    @Test
    void one_after_the_other_all_trust_the_next_it_signs_and_the_previous_is_gone() throws Exception {
        Authority authority = open();
        X509Certificate first = authority.certificate();
        X509Certificate engine = authority.engine().certificate();
        X509Certificate web = authority.web(List.of("localhost")).certificate();
        assertThat(authority.stage()).isEqualTo(Stage.STEADY);
        assertThat(authority.replacedAt()).isBetween(now.plus(Duration.ofDays(749)), now.plus(Duration.ofDays(750)));

        authority.replace(false);
        assertThat(authority.stage()).isEqualTo(Stage.LEARNING);
        assertThat(authority.movesAfter()).contains(now.plus(Duration.ofDays(10)));
        X509Certificate next = authority.other().orElseThrow();
        assertThat(authority.trusted()).containsExactly(first, next);
        assertThat(published()).containsExactly(first, next);
        assertThat(authority.engines()).hasSize(1);
        assertThat(authority.engine().certificate())
                .as("signed by the first still")
                .isEqualTo(engine);

        authority.move();
        assertThat(authority.stage()).isEqualTo(Stage.MOVING);
        assertThat(authority.certificate()).isEqualTo(next);
        assertThat(authority.trusted()).containsExactly(next, first);
        assertThat(published()).containsExactly(next, first);
        List<Identity> shown = authority.engines();
        assertThat(shown).hasSize(2);
        shown.get(0).certificate().verify(next.getPublicKey());
        shown.get(1).certificate().verify(first.getPublicKey());
        assertThat(shown.get(0).publicKey())
                .as("by which hosts let it in over SSH")
                .isEqualTo(engine.getPublicKey());
        Identity moved = authority.web(List.of("localhost"));
        moved.certificate().verify(next.getPublicKey());
        assertThat(moved.publicKey()).as("which people pin").isEqualTo(web.getPublicKey());

        authority.end();
        assertThat(authority.stage()).isEqualTo(Stage.STEADY);
        assertThat(authority.trusted()).containsExactly(next);
        assertThat(published()).containsExactly(next);
        assertThat(authority.engines()).hasSize(1);
        assertThat(folder.resolve("previous.pem")).doesNotExist();
        assertThat(open().certificate()).isEqualTo(next);
    }

    /** Every replacement writes next, previous, authority and removes next, previous: it dies after each of the five. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void an_engine_that_dies_after_any_file_goes_on(int death) {
        X509Certificate first = open().certificate();
        AtomicInteger written = new AtomicInteger();
        assertThatThrownBy(() -> replaceAll(Authority.open(folder, () -> now, LIFE, file -> {
                    if (written.incrementAndGet() == death) {
                        throw new Killed();
                    }
                })))
                .isInstanceOf(Killed.class);

        Authority after = open();
        assertThat(after.trusted())
                .as("whoever is trusted, a host knows one of them")
                .isNotEmpty();
        Stage expected = switch (death) {
            case 1 -> Stage.LEARNING;
            case 2, 3, 4 -> Stage.MOVING;
            default -> Stage.STEADY;
        };
        assertThat(after.stage()).isEqualTo(expected);
        if (expected != Stage.STEADY) {
            assertThat(after.trusted())
                    .as("hosts that know the first alone are not cut off")
                    .contains(first);
        }
        finish(after);
        assertThat(open().certificate()).isNotEqualTo(first);
        assertThat(open().trusted()).hasSize(1);
    }

    @Test
    void who_looks_on_while_a_step_is_half_done_changes_nothing() throws Exception {
        Authority authority = open();
        authority.replace(true);
        Files.copy(folder.resolve("authority.pem"), folder.resolve("previous.pem"));
        Authority other = Authority.look(folder, () -> now, LIFE);
        assertThat(other.stage()).isEqualTo(Stage.LEARNING);
        assertThat(folder.resolve("next.pem")).exists();
        assertThat(open().stage()).isEqualTo(Stage.MOVING);
        assertThat(other.trusted()).hasSize(2);
    }

    @Test
    void the_command_line_begins_it_beside_an_engine_that_runs() {
        Authority engine = open();
        Authority.look(folder, () -> now, LIFE).replace(false);
        assertThat(engine.stage()).isEqualTo(Stage.STEADY);
        engine.refresh();
        assertThat(engine.stage()).isEqualTo(Stage.LEARNING);
        X509Certificate next = engine.other().orElseThrow();
        assertThatThrownBy(() -> engine.replace(false))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("--now");
        Authority.look(folder, () -> now, LIFE).replace(true);
        engine.refresh();
        assertThat(engine.movesAfter()).contains(now);
        assertThat(engine.other()).as("the same one, which hosts know already").contains(next);
        engine.move();
        assertThatThrownBy(() -> engine.replace(true))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("being replaced already");
    }

    @Test
    void a_host_that_has_not_learnt_gets_a_certificate_that_it_believes() throws Exception {
        Authority authority = open();
        X509Certificate first = authority.certificate();
        authority.replace(true);
        authority.move();
        assertThat(authority.engines().get(1).chain()).contains(first);
        assertThat(authority.previousEnds())
                .as("before libvirt refuses the list because of it")
                .hasValueSatisfying(
                        end -> assertThat(end).isBefore(first.getNotAfter().toInstant()));
    }

    @Test
    void certificates_end_with_their_authority_and_are_not_made_again_and_again() {
        Authority authority = open();
        Instant end = authority.certificate().getNotAfter().toInstant();
        now = end.minus(Duration.ofDays(20));
        Identity late = authority.web(List.of("localhost"));
        assertThat(late.certificate().getNotAfter().toInstant()).isEqualTo(end);
        now = end.minus(Duration.ofDays(1));
        assertThat(authority.web(List.of("localhost")).certificate())
                .as("another one would live no longer")
                .isEqualTo(late.certificate());
        assertThat(authority.lastsLonger(end)).isFalse();
    }

    @Test
    void a_damaged_previous_authority_is_refused_and_a_damaged_next_one_named() throws Exception {
        open();
        Files.writeString(folder.resolve("next.pem"), "rubbish");
        assertThatThrownBy(this::open).isInstanceOf(Failure.class).hasMessageContaining("Remove the file");
        Files.delete(folder.resolve("next.pem"));
        Files.writeString(folder.resolve("previous.pem"), "rubbish");
        assertThatThrownBy(this::open).isInstanceOf(Failure.class).hasMessageContaining("Restore the file");
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static void replaceAll(Authority authority) {
        authority.replace(true);
        authority.move();
        authority.end();
    }

    private static void finish(Authority authority) {
        if (authority.stage() == Stage.LEARNING) {
            authority.move();
        }
        if (authority.stage() == Stage.MOVING) {
            authority.end();
        }
    }

    private Authority open() {
        return Authority.open(folder, () -> now, LIFE);
    }

    private List<X509Certificate> published() throws Exception {
        return Pem.certificates(Files.readString(folder.resolve("ca.crt")));
    }
}
