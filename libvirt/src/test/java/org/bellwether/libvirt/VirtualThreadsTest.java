package org.bellwether.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class VirtualThreadsTest {
    @Test
    void each_caller_gets_the_error_of_its_own_call() throws Exception {
        try (var connection = Libvirt.open("test:///default");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = new ArrayList<Callable<Void>>();
            for (int number = 0; number < 400; number++) {
                var xml = "<domain type='test'><name>n" + number + "</name><wrong" + number + "/></other>";
                var tag = "wrong" + number;
                calls.add(() -> {
                    var failure = catchThrowableOfType(LibvirtException.class, () -> connection.define(xml));
                    assertThat(failure.code()).isEqualTo(ErrorCode.XML_DETAIL);
                    assertThat(failure.getMessage()).contains(tag);
                    return null;
                });
            }
            for (var outcome : threads.invokeAll(calls)) {
                outcome.get();
            }
        }
    }

    @Test
    void calls_that_block_do_not_hold_the_carriers() throws Exception {
        int many = 4 * Runtime.getRuntime().availableProcessors();
        var go = new CountDownLatch(1);
        var blocked = new CountDownLatch(many);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int number = 0; number < many; number++) {
                threads.execute(() -> PlatformThreads.call(() -> {
                    assertThat(Thread.currentThread().isVirtual()).isFalse();
                    blocked.countDown();
                    try {
                        return go.await(30, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }
            assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(threads.submit(() -> "free").get(30, TimeUnit.SECONDS)).isEqualTo("free");
            go.countDown();
        }
    }

    @Test
    void an_interrupt_waits_until_the_call_has_ended() throws Exception {
        var inside = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var outcome = new ArrayList<String>();
        var caller = Thread.ofVirtual().start(() -> {
            outcome.add(PlatformThreads.call(() -> {
                inside.countDown();
                try {
                    return go.await(30, TimeUnit.SECONDS) ? "whole" : "late";
                } catch (InterruptedException e) {
                    return "cut short";
                }
            }));
            outcome.add(Thread.currentThread().isInterrupted() ? "interrupt kept" : "interrupt lost");
        });
        assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        go.countDown();
        assertThat(caller.join(java.time.Duration.ofSeconds(30))).isTrue();
        assertThat(outcome).containsExactly("whole", "interrupt kept");
    }
}
