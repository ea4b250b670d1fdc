package dev.motorpool.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Assumptions;

/** Whether this machine can confine workers. */
public final class BubblewrapHere {

    private BubblewrapHere() {}

    /** Leaves the test out where {@code bwrap} is missing, or the kernel or the container forbids its namespaces. */
    public static void assume() throws InterruptedException {
        String fault;
        try {
            Process process = new ProcessBuilder(
                            "bwrap", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "--proc", "/proc", "true")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            fault = process.waitFor() == 0 ? "" : said.strip();
        } catch (IOException missing) {
            fault = "there is no bwrap here (Debian: apt-get install bubblewrap)";
        }
        if (!fault.isEmpty()) {
            System.out.println("LEFT OUT: the sandbox was not tested: " + fault);
        }
        Assumptions.assumeTrue(fault.isEmpty(), fault);
    }
}
