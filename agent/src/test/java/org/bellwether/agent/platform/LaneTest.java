package org.bellwether.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bellwether.protocol.Error;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LaneTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(200);

    private final Lanes lanes = new Lanes();

    @AfterEach
    void close() {
        lanes.close();
    }

    @Test
    void calls_on_one_thing_come_in_order() {
        List<Integer> done = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 50; i++) {
            int number = i;
            lanes.of("a").run("count", () -> done.add(number));
        }
        lanes.of("a").call("wait", LONG, () -> 0);
        assertThat(done).isSorted().hasSize(50);
    }

    @Test
    void what_is_urgent_comes_before_all_that_waits_and_in_order_among_itself() throws InterruptedException {
        CountDownLatch first = new CountDownLatch(1);
        List<String> done = Collections.synchronizedList(new ArrayList<>());
        lanes.of("a").run("hold the lane", () -> {
            try {
                first.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        lanes.of("a").run("write", () -> done.add("write"));
        for (String name : List.of("start one", "start two")) {
            Thread starter = Thread.ofPlatform().start(() -> lanes.of("a").callFirst(name, LONG, () -> done.add(name)));
            while (starter.getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
        }
        first.countDown();
        lanes.of("a").call("wait", LONG, () -> 0);
        assertThat(done).containsExactly("start one", "start two", "write");
    }

    @Test
    void who_was_urgent_and_waited_in_vain_never_runs() {
        CountDownLatch hung = new CountDownLatch(1);
        AtomicBoolean ran = new AtomicBoolean();
        lanes.of("a").run("hang", () -> {
            try {
                hung.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThatThrownBy(() -> lanes.of("a").callFirst("start", SHORT, () -> {
                    ran.set(true);
                    return 0;
                }))
                .hasMessageContaining("Nothing was begun");
        hung.countDown();
        lanes.of("a").call("wait", LONG, () -> 0);
        assertThat(ran).isFalse();
    }

    @Test
    void a_hung_call_holds_its_own_lane_only() {
        CountDownLatch hung = new CountDownLatch(1);
        try {
            assertThatThrownBy(() -> lanes.of("a").call("hang", SHORT, () -> {
                        hung.await();
                        return 0;
                    }))
                    .isInstanceOf(Refusal.class)
                    .satisfies(e -> assertThat(((Refusal) e).error().getCode()).isEqualTo(Error.Code.TIMED_OUT))
                    .hasMessageContaining("may still succeed");
            assertThat(lanes.of("b").call("answer", LONG, () -> 7)).isEqualTo(7);
        } finally {
            hung.countDown();
        }
    }

    @Test
    void who_waits_in_vain_is_told_and_never_runs() {
        CountDownLatch hung = new CountDownLatch(1);
        AtomicBoolean ran = new AtomicBoolean();
        lanes.of("a").run("hang", () -> {
            try {
                hung.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThatThrownBy(() -> lanes.of("a").call("start", SHORT, () -> {
                    ran.set(true);
                    return 0;
                }))
                .hasMessageContaining("busy: hang")
                .hasMessageContaining("Nothing was begun");
        hung.countDown();
        lanes.of("a").call("wait", LONG, () -> 0);
        assertThat(ran).isFalse();
    }

    @Test
    void a_failure_reaches_the_caller_and_the_lane_goes_on() {
        assertThatThrownBy(() -> lanes.of("a").call("fail", LONG, () -> {
                    throw Refusal.notFound("There is none");
                }))
                .hasMessage("There is none");
        assertThatThrownBy(() -> lanes.of("a").call("break", LONG, () -> {
                    throw new StackOverflowError();
                }))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("StackOverflowError");
        assertThat(lanes.of("a").call("answer", LONG, () -> 7)).isEqualTo(7);
    }

    @Test
    void a_late_child_is_killed_and_told() {
        assertThatThrownBy(() -> Command.of("sleep", "60").run(SHORT))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("It was killed");
        assertThatThrownBy(() -> Command.of("there-is-no-such-program").run(SHORT))
                .hasMessageContaining("Install");
    }
}
