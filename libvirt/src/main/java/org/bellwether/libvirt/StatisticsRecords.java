package org.bellwether.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.bellwether.libvirt.foreign.Layouts.STATS_RECORD;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.bellwether.libvirt.foreign.ConnectFunctions;
import org.bellwether.libvirt.foreign.Layouts;

/** The array of records that libvirt answers with when it is asked for many domains' statistics. */
final class StatisticsRecords {
    private StatisticsRecords() {}

    /** Copies, then frees. */
    static List<DomainStatistics> take(MemorySegment array, int count) {
        try {
            var pointers = array.reinterpret(ADDRESS.byteSize() * count);
            var statistics = new ArrayList<DomainStatistics>(count);
            for (int index = 0; index < count; index++) {
                statistics.add(read(pointers.getAtIndex(ADDRESS, index).reinterpret(STATS_RECORD.byteSize())));
            }
            return statistics;
        } finally {
            ConnectFunctions.DOMAIN_STATS_RECORD_LIST_FREE.callVoid(array);
        }
    }

    private static DomainStatistics read(MemorySegment statistics) {
        return new DomainStatistics(
                DomainUpcalls.identify(statistics.get(ADDRESS, Layouts.offset(STATS_RECORD, "dom"))),
                ParameterArray.read(
                        statistics.get(ADDRESS, Layouts.offset(STATS_RECORD, "params")),
                        statistics.get(JAVA_INT, Layouts.offset(STATS_RECORD, "nparams"))));
    }
}
