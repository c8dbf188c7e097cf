/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import java.util.Objects;

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
}
