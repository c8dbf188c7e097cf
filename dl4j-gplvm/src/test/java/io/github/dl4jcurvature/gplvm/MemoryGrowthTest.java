/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.gplvm;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Memory O(S T e + N M^2), by the bytes that score and gradient of given samples allocate in one thread: what an array of S N T or S T M
 * numbers would add grows with three sizes at once. Few large arrays are allocated and no small objects, so that it matters little what
 * the compiler of the virtual machine leaves out.
 */
class MemoryGrowthTest {
    private record Sizes(int samples, int times, int neurons, int inducing) {
        Sizes withTimes(int value) {
            return new Sizes(samples, value, neurons, inducing);
        }

        Sizes withSamples(int value) {
            return new Sizes(value, times, neurons, inducing);
        }

        Sizes withNeurons(int value) {
            return new Sizes(samples, times, value, inducing);
        }

        Sizes withInducing(int value) {
            return new Sizes(samples, times, neurons, value);
        }
    }

    private static final Sizes SIZES = new Sizes(8, 192, 4, 5);

    private static double bytes(Manifold manifold, Sizes sizes, boolean collapsed, boolean shared) {
        SparseGpModel model = new SparseGpModel(
                manifold,
                sizes.neurons(),
                sizes.inducing(),
                new KernelSettings(KernelFamily.SQUARED_EXPONENTIAL, false, 1e-6),
                shared,
                Likelihood.GAUSSIAN,
                1,
                collapsed);
        SplittableRandom random = new SplittableRandom(1);
        SparseGpParameters raw = SparseGpParameters.zeros(model);
        for (double[] points : raw.inducing()) {
            Arrays.setAll(points, i -> random.nextGaussian());
        }
        double[][][] points = new double[sizes.samples()][sizes.times()][];
        for (double[][] sample : points) {
            Arrays.setAll(sample, t -> manifold.randomPoint(random));
        }
        double[][] values = new double[sizes.neurons()][];
        Arrays.setAll(values, n -> Manifold.gaussian(sizes.times(), random));
        Observations data = new Observations(values, sizes.times());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        model.evaluate(raw, data, points, 1, 1, 1); // loads classes
        long before = threads.getCurrentThreadAllocatedBytes();
        model.evaluate(raw, data, points, 1, 1, 1);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** Twice as many samples or times at most double it, and neurons add little, for every kind of model. */
    @ParameterizedTest
    @CsvSource({"T1, false, false", "T1, true, false", "SO3, false, true", "SO3, true, true"})
    void growthIsLinear(String name, boolean collapsed, boolean shared) {
        Manifold manifold = Manifold.parse(name);
        double once = bytes(manifold, SIZES, collapsed, shared);
        assertThat(bytes(manifold, SIZES.withTimes(2 * SIZES.times()), collapsed, shared) / once)
                .isLessThan(2.05);
        assertThat(bytes(manifold, SIZES.withSamples(2 * SIZES.samples()), collapsed, shared) / once)
                .isLessThan(2.05);
        assertThat(bytes(manifold, SIZES.withNeurons(2 * SIZES.neurons()), collapsed, shared) / once)
                .isLessThan(1.6);
    }

    /**
     * Growth with samples of the growth with times of the growth with neurons, and with inducing points, in units of one array of all
     * three: below 0.01, and 2 when kernels took two fresh buffers for every neuron, block of times and sample.
     */
    @ParameterizedTest
    @CsvSource({"T1, false, false", "T1, true, false", "SO3, false, true", "SO3, true, true", "T1xR1, true, false"})
    void noArrayHasSamplesTimesAndNeuronsOrInducingPoints(String name, boolean collapsed, boolean shared) {
        Manifold manifold = Manifold.parse(name);
        Sizes neurons = SIZES.withNeurons(2 * SIZES.neurons());
        Sizes inducing = SIZES.withInducing(2 * SIZES.inducing());
        double array = 8.0 * SIZES.samples() * 3 * SIZES.times();
        double byNeurons = mixed(manifold, neurons, collapsed, shared) - mixed(manifold, SIZES, collapsed, shared);
        assertThat(byNeurons / (array * SIZES.neurons())).isLessThan(0.5);
        double byInducing = mixed(manifold, inducing, collapsed, shared) - mixed(manifold, SIZES, collapsed, shared);
        assertThat(byInducing / (array * SIZES.inducing())).isLessThan(0.5);
    }

    /** What twice the samples cost more at four times as many times. */
    private static double mixed(Manifold manifold, Sizes sizes, boolean collapsed, boolean shared) {
        return ofSamples(manifold, sizes.withTimes(4 * sizes.times()), collapsed, shared)
                - ofSamples(manifold, sizes, collapsed, shared);
    }

    private static double ofSamples(Manifold manifold, Sizes sizes, boolean collapsed, boolean shared) {
        return bytes(manifold, sizes.withSamples(2 * sizes.samples()), collapsed, shared)
                - bytes(manifold, sizes, collapsed, shared);
    }
}
