/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fisher;

import java.util.Arrays;

/**
 * How the state of a layer is asked for by a host that asks for sizes one parameter at a time, by length alone, and adds them up:
 * the whole is assigned to the longest parameter and, if several are as long, shared among them.
 */
public final class StateAllocation {
    private final long[] lengths;

    /**
     * An allocation for the parameters of a layer.
     *
     * @param lengths number of elements of each parameter
     */
    public StateAllocation(long... lengths) {
        this.lengths = lengths.clone();
    }

    /**
     * Answer to the host's question for one parameter.
     *
     * @param required elements of state that the layer needs
     * @param length number of elements of the parameter
     * @return elements for it
     */
    public long share(long required, long length) {
        long longest = Arrays.stream(lengths).max().orElse(0);
        if (length != longest) {
            return 0;
        }
        long sharers = Arrays.stream(lengths).filter(each -> each == longest).count();
        return (required + sharers - 1) / sharers;
    }

    /**
     * Number of elements that the host allocates.
     *
     * @param required elements of state that the layer needs
     * @return at least as many
     */
    public long total(long required) {
        return Arrays.stream(lengths).map(length -> share(required, length)).sum();
    }
}
