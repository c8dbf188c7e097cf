/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.scaling;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;
import io.github.dl4jcurvature.examples.experiment.Median;

/** Processor time, which other programs on the machine hardly change. */
final class ProcessorTime {
    private static final double LEAST_SECONDS = 0.02; // of a repetition; the clock ticks in hundredths on some systems

    private ProcessorTime() {}

    /**
     * Median over repetitions of the seconds of the calling thread.
     *
     * @param warmUp calls that are not counted
     * @param repetitions odd
     * @param call what is timed; must work in this thread alone
     */
    static double median(int warmUp, int repetitions, Runnable call) {
        for (int i = 0; i < warmUp; i++) {
            call.run();
        }
        int calls = 1;
        while (seconds(calls, call) < LEAST_SECONDS) {
            calls *= 2;
        }
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < repetitions; i++) {
            times.add(seconds(calls, call) / calls);
        }
        return Median.of(times);
    }

    private static double seconds(int calls, Runnable call) {
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int i = 0; i < calls; i++) {
            call.run();
        }
        return 1e-9 * (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start);
    }

    /**
     * Median over repetitions of the seconds of all threads; the compiler and the collector of the virtual machine count too.
     *
     * @param warmUp calls that are not counted
     * @param repetitions odd
     * @param call what is timed, long against hundredths of a second
     */
    static double medianOfAllThreads(int warmUp, int repetitions, Runnable call) {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < warmUp + repetitions; i++) {
            long start = system.getProcessCpuTime();
            call.run();
            if (i >= warmUp) {
                times.add(1e-9 * (system.getProcessCpuTime() - start));
            }
        }
        return Median.of(times);
    }
}
