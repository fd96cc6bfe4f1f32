package org.bellwether.engine.platform.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChangeFeedTest {
    private static final Duration NOT_LONG = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final ChangeFeed feed = new ChangeFeed("this-run", id -> Optional.empty());

    @Test
    void a_reader_goes_on_where_it_was_and_hears_each_object_once() throws Exception {
        String place = feed.place();
        UUID vm = UUID.randomUUID();
        UUID host = UUID.randomUUID();
        feed.changed("vms", vm);
        feed.changed("hosts", host);
        feed.changed("vms", vm);

        ChangeFeed.Batch batch = feed.after(place, NOT_LONG).orElseThrow();
        assertThat(batch.everything()).isFalse();
        assertThat(batch.changes()).containsExactly(new Change("vms", vm, false), new Change("hosts", host, false));
        assertThat(feed.after(batch.place(), NOT_LONG).orElseThrow().changes()).isEmpty();
    }

    @Test
    void a_reader_from_before_the_start_or_from_nowhere_looks_at_everything_anew() throws Exception {
        for (String place : new String[] {"", "another-run.0", "this-run.x", "this-run.99", "this-run.-1"}) {
            ChangeFeed.Batch batch = feed.after(place, NOT_LONG).orElseThrow();
            assertThat(batch.everything()).as(place).isTrue();
            assertThat(batch.place()).isEqualTo(feed.place());
        }
    }

    @Test
    void a_reader_that_was_away_for_too_long_looks_at_everything_anew() throws Exception {
        String place = feed.place();
        for (int i = 0; i < 20_000; i++) {
            feed.changed("vms", new UUID(0, i));
        }
        assertThat(feed.after(place, NOT_LONG).orElseThrow().everything()).isTrue();
    }

    @Test
    void who_waits_is_woken_by_a_change_and_by_the_end() throws Exception {
        String place = feed.place();
        CompletableFuture<Optional<ChangeFeed.Batch>> waiting = waiting(place);
        feed.changed("vms", UUID.randomUUID());
        ChangeFeed.Batch batch = waiting.get(LONG.toSeconds(), TimeUnit.SECONDS).orElseThrow();
        assertThat(batch.changes()).hasSize(1);

        CompletableFuture<Optional<ChangeFeed.Batch>> last = waiting(batch.place());
        feed.close();
        assertThat(last.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEmpty();
    }

    private CompletableFuture<Optional<ChangeFeed.Batch>> waiting(String place) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return feed.after(place, LONG);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
