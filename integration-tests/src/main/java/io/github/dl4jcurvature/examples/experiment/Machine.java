/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.lang.management.ManagementFactory;
import java.util.Objects;

import com.sun.management.OperatingSystemMXBean;

/** Description of what an experiment ran on. */
public final class Machine {
    private Machine() {}

    /**
     * Java, operating system, processors and BLAS threads in one line.
     *
     * @return for people
     */
    public static String description() {
        return "Java %s (%s), %s %s %s, %d processors, OMP_NUM_THREADS %s"
                .formatted(
                        System.getProperty("java.version"),
                        System.getProperty("java.vm.name"),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        System.getProperty("os.arch"),
                        Runtime.getRuntime().availableProcessors(),
                        Objects.requireNonNullElse(System.getenv("OMP_NUM_THREADS"), "not set"));
    }

    /**
     * The same with memory and the load of the last minute, for a record.
     *
     * @return for people
     */
    public static String hardware() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return "%s; %.0f GiB, load %.1f at the end"
                .formatted(
                        description().replaceAll("OMP_NUM_THREADS .*", "one BLAS thread"),
                        system.getTotalMemorySize() / (double) (1L << 30),
                        system.getSystemLoadAverage());
    }
}
