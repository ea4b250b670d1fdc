package dev.motorpool.app;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Returns memory to the system that only the start needed: while classes load, the heap grows to several times the live
 * data, and would stay so. Later, a quiet minute does the same after a burst of calls.
 */
final class StartGarbage {

    private static final Logger LOG = LoggerFactory.getLogger(StartGarbage.class);
    private static final String MOST_FREE = "MaxHeapFreeRatio";
    private static final String LEAST_FREE = "MinHeapFreeRatio";

    private StartGarbage() {}

    static void giveBack() {
        HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (machine == null) {
            return;
        }
        try {
            String most = machine.getVMOption(MOST_FREE).getValue();
            String least = machine.getVMOption(LEAST_FREE).getValue();
            machine.setVMOption(LEAST_FREE, "10");
            machine.setVMOption(MOST_FREE, "20");
            System.gc();
            machine.setVMOption(MOST_FREE, most);
            machine.setVMOption(LEAST_FREE, least);
            machine.setVMOption("G1PeriodicGCInterval", "60000");
        } catch (IllegalArgumentException e) {
            LOG.debug("The JVM does not return unused memory", e); // unsupported by this collector or JVM: harmless
        }
    }
}
