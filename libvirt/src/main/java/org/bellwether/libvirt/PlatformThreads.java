package org.bellwether.libvirt;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/** Carries native calls of virtual threads, so that none of them pins a carrier and an error is read where it was left. */
final class PlatformThreads {
    /** Unbounded: a hung daemon holds the threads of its own callers and must not stop others. Idle threads end after a minute. */
    private static final ExecutorService CARRIERS = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("libvirt-call-", 0).factory());

    private PlatformThreads() {}

    static <T> T call(Supplier<T> body) {
        if (!Thread.currentThread().isVirtual()) {
            return body.get();
        }
        return await(CARRIERS.submit(body::get));
    }

    private static <T> T await(Future<T> future) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw rethrown(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException rethrown(ExecutionException wrapper) {
        return switch (wrapper.getCause()) {
            case RuntimeException e -> {
                e.addSuppressed(new CallSite());
                yield e;
            }
            case Error e -> throw e;
            case null, default -> new IllegalStateException(wrapper);
        };
    }

    /** Shows in a stack trace which virtual thread's code asked for the call. */
    private static final class CallSite extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CallSite() {
            super("called by " + Thread.currentThread());
        }
    }
}
