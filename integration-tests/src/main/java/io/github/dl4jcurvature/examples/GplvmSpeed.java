/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

import com.sun.management.OperatingSystemMXBean;
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
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** Processor time of score and gradient through the host, with 16 neurons, 500 times, 15 inducing points and 32 samples. */
public final class GplvmSpeed {
    private static final int NEURONS = 16;
    private static final int TIMES = 500;
    private static final int INDUCING = 15;
    private static final int SAMPLES = 32;
    private static final int WARM_UP = 40;
    private static final int REPETITIONS = 21;

    private GplvmSpeed() {}

    private record Measured(double cpuSeconds, double wallSeconds) {}

    /**
     * Measures and prints.
     *
     * @param arguments none
     */
    public static void main(String[] arguments) {
        INDArray data =
                SyntheticNeurons.draw(Manifold.circle(), NEURONS, TIMES, 1).data();
        Measured one = measured(data, 1, false);
        Measured two = measured(data, 2, false);
        Measured collapsed = measured(data, 1, true);
        System.out.println(Machine.description());
        System.out.println(new Figures()
                .put("gradient.wall.seconds.1", one.wallSeconds())
                .put("gradient.wall.seconds.2", two.wallSeconds())
                .put("speedup.2.threads", one.wallSeconds() / two.wallSeconds())
                .put("collapsed.cpu.seconds", collapsed.cpuSeconds())
                .put("gradient.cpu.seconds", one.cpuSeconds()));
    }

    private static Measured measured(INDArray data, int threads, boolean collapsed) {
        Manifold circle = Manifold.circle();
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .updater(new Adam())
                .list()
                .layer(new ManifoldLatentLayer.Builder(circle)
                        .timePoints(TIMES)
                        .samples(SAMPLES)
                        .build())
                .layer(new SparseGpOutputLayer.Builder(circle)
                        .timePoints(TIMES)
                        .nOut(NEURONS)
                        .inducing(INDUCING)
                        .collapsed(collapsed)
                        .threads(threads)
                        .build())
                .setInputType(InputType.feedForward(1))
                .build());
        network.init();
        double[][] indices = new double[TIMES][1];
        for (int t = 0; t < TIMES; t++) {
            indices[t][0] = t;
        }
        network.setInput(Nd4j.createFromArray(indices));
        network.setLabels(data);
        long cpuStart = 0; // its clock is too coarse for one evaluation
        List<Double> wall = new ArrayList<>();
        for (int i = 0; i < WARM_UP + REPETITIONS; i++) {
            if (i == WARM_UP) {
                cpuStart = processorNanoseconds();
            }
            long start = System.nanoTime();
            network.computeGradientAndScore();
            if (i >= WARM_UP) {
                wall.add((System.nanoTime() - start) * 1e-9);
            }
        }
        return new Measured((processorNanoseconds() - cpuStart) * 1e-9 / REPETITIONS, Median.of(wall));
    }

    private static long processorNanoseconds() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }
}
