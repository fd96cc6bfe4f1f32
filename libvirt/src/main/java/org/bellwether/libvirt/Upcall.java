package org.bellwether.libvirt;

import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * Makes Java methods callable from C. A throwable that leaves an upcall ends the process, so every one is caught here, whatever it is.
 * What is made lives as long as the process: C may call it at any time, and there are few.
 */
final class Upcall {
    private static final System.Logger LOG = System.getLogger(Upcall.class.getName());

    private Upcall() {}

    /** {@code methods}' static method {@code name} as a C function of that shape. */
    static MemorySegment of(
            MethodHandles.Lookup methods, String name, @Nullable MemoryLayout result, MemoryLayout... arguments) {
        var descriptor =
                result == null ? FunctionDescriptor.ofVoid(arguments) : FunctionDescriptor.of(result, arguments);
        try {
            var target = methods.findStatic(methods.lookupClass(), name, descriptor.toMethodType());
            return Linker.nativeLinker().upcallStub(guarded(target), descriptor, Arena.global());
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new IllegalStateException("no upcall " + name, e);
        }
    }

    private static MethodHandle guarded(MethodHandle target) throws NoSuchMethodException, IllegalAccessException {
        var result = target.type().returnType();
        var handler = result == void.class
                ? MethodHandles.lookup()
                        .findStatic(Upcall.class, "caught", MethodType.methodType(void.class, Throwable.class))
                : MethodHandles.lookup()
                        .findStatic(Upcall.class, "caughtInt", MethodType.methodType(int.class, Throwable.class));
        return MethodHandles.catchException(target, Throwable.class, handler);
    }

    static void caught(Throwable failure) {
        try {
            LOG.log(Level.ERROR, "an event of libvirt could not be taken and is dropped", failure);
        } catch (Throwable ignored) {
            // Not even logging works: nothing may leave this method.
        }
    }

    static int caughtInt(Throwable failure) {
        caught(failure);
        return 0;
    }
}
