/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.github.dl4jcurvature.examples.experiment.Machine;
import io.github.dl4jcurvature.examples.experiment.Median;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.gplvm.Manifold;
import io.github.dl4jcurvature.gplvm.ManifoldLatentLayer;
import io.github.dl4jcurvature.gplvm.SparseGpOutputLayer;
import io.github.dl4jcurvature.gplvm.SyntheticNeurons;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/**
 * Processor time and memory of score and gradient through the host, with 16 neurons, 500 times, 15 inducing points and 32 samples, and
 * how memory grows when samples, times or neurons are four times as many.
 */
public final class GplvmSpeed {
    private static final int NEURONS = 16;
    private static final int TIMES = 500;
    private static final int INDUCING = 15;
    private static final int SAMPLES = 32;
    private static final int WARM_UP = 40;
    private static final int REPETITIONS = 41;
    private static final int GROWTH = 4;
    private static final int GROWN_EVALUATIONS = 6; // the first ones load and compile classes

    private GplvmSpeed() {}

    private record Measured(double cpuSeconds, double wallSeconds, double leastWallSeconds) {}

    private record Sizes(int samples, int times, int neurons) {}

    /**
     * Measures and prints.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        Sizes sizes = new Sizes(SAMPLES, TIMES, NEURONS);
        List<Measured> byThreads = measured(List.of(network(sizes, 1, false), network(sizes, 2, false)));
        Measured one = byThreads.get(0);
        Measured two = byThreads.get(1);
        List<Measured> collapsed = measured(List.of(network(sizes, 1, true), network(sizes, 2, true)));
        Figures figures = new Figures();
        memory("memory.", sizes, false, figures);
        memory("memory.collapsed.", sizes, true, figures);
        System.out.println(Machine.description());
        System.out.println(figures.put("gradient.wall.seconds.1", one.wallSeconds())
                .put("gradient.wall.seconds.2", two.wallSeconds())
                .put("speedup.2.threads", one.wallSeconds() / two.wallSeconds())
                .put("gradient.least.wall.seconds.1", one.leastWallSeconds())
                .put("gradient.least.wall.seconds.2", two.leastWallSeconds())
                .put("share.2.threads", two.leastWallSeconds() / one.leastWallSeconds())
                .put("collapsed.cpu.seconds", collapsed.get(0).cpuSeconds())
                .put(
                        "collapsed.share.2.threads",
                        collapsed.get(1).leastWallSeconds() / collapsed.get(0).leastWallSeconds())
                .put("gradient.cpu.seconds", one.cpuSeconds()));
    }

    /** Bytes allocated by an evaluation with one thread; what lives at the same time is less. */
    private static void memory(String prefix, Sizes sizes, boolean collapsed, Figures figures) {
        double bytes = allocated(sizes, collapsed);
        figures.put(prefix + "allocated.mib", bytes / (1 << 20));
        Sizes samples = new Sizes(GROWTH * sizes.samples(), sizes.times(), sizes.neurons());
        Sizes times = new Sizes(sizes.samples(), GROWTH * sizes.times(), sizes.neurons());
        Sizes neurons = new Sizes(sizes.samples(), sizes.times(), GROWTH * sizes.neurons());
        figures.put(prefix + "ratio.samples", allocated(samples, collapsed) / bytes);
        figures.put(prefix + "ratio.times", allocated(times, collapsed) / bytes);
        figures.put(prefix + "ratio.neurons", allocated(neurons, collapsed) / bytes);
    }

    private static long allocated(Sizes sizes, boolean collapsed) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        MultiLayerNetwork network = network(sizes, 1, collapsed);
        long bytes = 0;
        for (int i = 0; i < GROWN_EVALUATIONS; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            network.computeGradientAndScore();
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        }
        return bytes;
    }

    private static MultiLayerNetwork network(Sizes sizes, int threads, boolean collapsed) {
        Manifold circle = Manifold.circle();
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Adam())
                .list()
                .layer(new ManifoldLatentLayer.Builder(circle)
                        .timePoints(sizes.times())
                        .samples(sizes.samples())
                        .threads(threads)
                        .build())
                .layer(new SparseGpOutputLayer.Builder(circle)
                        .timePoints(sizes.times())
                        .nOut(sizes.neurons())
                        .inducing(INDUCING)
                        .collapsed(collapsed)
                        .threads(threads)
                        .build())
                .setInputType(InputType.feedForward(1))
                .build());
        network.init();
        double[][] indices = new double[sizes.times()][1];
        for (int t = 0; t < indices.length; t++) {
            indices[t][0] = t;
        }
        network.setInput(Nd4j.createFromArray(indices));
        network.setLabels(
                SyntheticNeurons.draw(circle, sizes.neurons(), sizes.times(), 1).data());
        return network;
    }

    /** Evaluates the networks in turn, so that what else the machine does meets all of them alike. */
    private static List<Measured> measured(List<MultiLayerNetwork> networks) {
        int count = networks.size();
        long[] processor = new long[count];
        List<List<Double>> wall = new ArrayList<>();
        networks.forEach(network -> wall.add(new ArrayList<>()));
        for (int i = 0; i < WARM_UP + REPETITIONS; i++) {
            for (int k = 0; k < count; k++) {
                long processorStart = processorNanoseconds();
                long start = System.nanoTime();
                networks.get(k).computeGradientAndScore();
                if (i >= WARM_UP) {
                    wall.get(k).add((System.nanoTime() - start) * 1e-9);
                    processor[k] += processorNanoseconds() - processorStart;
                }
            }
        }
        List<Measured> measured = new ArrayList<>();
        for (int k = 0; k < count; k++) {
            measured.add(new Measured(
                    processor[k] * 1e-9 / REPETITIONS, Median.of(wall.get(k)), Collections.min(wall.get(k))));
        }
        return measured;
    }

    private static long processorNanoseconds() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
