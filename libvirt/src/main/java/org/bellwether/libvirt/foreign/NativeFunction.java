package org.bellwether.libvirt.foreign;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/**
 * One C function. It is looked up and linked at its first call, so that a function which this host's libvirt does not have fails only
 * those who call it.
 */
public final class NativeFunction {
    static final MemoryLayout INT = ValueLayout.JAVA_INT;
    /** C's {@code long}, {@code long long} and {@code size_t}: libvirt hosts are 64-bit Linux. */
    static final MemoryLayout LONG = ValueLayout.JAVA_LONG;

    static final MemoryLayout POINTER = ValueLayout.ADDRESS;

    private final NativeLibrary library;
    private final String name;
    private final FunctionDescriptor descriptor;
    private volatile @Nullable MethodHandle linked;

    private NativeFunction(NativeLibrary library, String name, FunctionDescriptor descriptor) {
        this.library = library;
        this.name = name;
        this.descriptor = descriptor;
    }

    static NativeFunction function(NativeLibrary library, String name, MemoryLayout result, MemoryLayout... arguments) {
        return new NativeFunction(library, name, FunctionDescriptor.of(result, arguments));
    }

    static NativeFunction procedure(NativeLibrary library, String name, MemoryLayout... arguments) {
        return new NativeFunction(library, name, FunctionDescriptor.ofVoid(arguments));
    }

    /** The function's name in C. */
    public String name() {
        return name;
    }

    FunctionDescriptor descriptor() {
        return descriptor;
    }

    /** Where the function is, to hand it to C as a callback. */
    public MemorySegment address() {
        return library.symbol(name);
    }

    /** Calls a function that returns C's {@code int}. */
    public int callInt(Object... arguments) {
        return (int) call(arguments);
    }

    /** Calls a function that returns a 64-bit integer. */
    public long callLong(Object... arguments) {
        return (long) call(arguments);
    }

    /** Calls a function that returns a pointer; the segment has no size. */
    public MemorySegment callPointer(Object... arguments) {
        return (MemorySegment) call(arguments);
    }

    /** Calls a function that returns nothing. */
    public void callVoid(Object... arguments) {
        invoke(arguments);
    }

    private Object call(Object[] arguments) {
        var result = invoke(arguments);
        if (result == null) {
            throw new IllegalStateException(name + " returns nothing");
        }
        return result;
    }

    private @Nullable Object invoke(Object[] arguments) {
        var handle = linked;
        if (handle == null) {
            handle = link();
            linked = handle;
        }
        try {
            return (Object) handle.invokeExact(arguments);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("calling " + name + " failed", e);
        }
    }

    private MethodHandle link() {
        return Linker.nativeLinker()
                .downcallHandle(address(), descriptor)
                .asSpreader(Object[].class, descriptor.argumentLayouts().size())
                .asType(MethodType.methodType(Object.class, Object[].class));
    }

    @Override
    public String toString() {
        return name;
    }
}
