/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.benchmarks;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

import io.github.dl4jcurvature.examples.experiment.NetworkDesign;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cost of one training step of a 196-48-16-48-196 autoencoder, batch 100, FLOAT; the baseline is the host's Adam.
 *
 * <p>FishLeg's time is the average with an auxiliary update every tenth step.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class FishLegStepBenchmark {
    private static final int INPUTS = 196;
    private static final int BATCH_SIZE = 100;
    private static final long SEED = 1;

    private MultiLayerNetwork adam;
    private MultiLayerNetwork fishLeg;
    private DataSet batch;

    /** Draws a batch and two equal networks. */
    @Setup
    public void prepare() {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] pixels = random.doubles((long) BATCH_SIZE * INPUTS).toArray();
        INDArray images = Nd4j.create(pixels, new long[] {BATCH_SIZE, INPUTS}, DataType.FLOAT);
        batch = new DataSet(images, images);
        NetworkDesign design = NetworkDesign.reluAutoencoder(INPUTS, 48, 16, 48, INPUTS);
        adam = design.network(new Adam(1e-3), SEED);
        fishLeg = design.network(FishLeg.builder().updateEvery(10).build(), SEED);
        fishLeg.addListeners(new CurvatureListener());
    }

    /** One step of FishLeg. */
    @Benchmark
    public void fishLegStep() {
        fishLeg.fit(batch);
    }

    /** One step of Adam. */
    @Benchmark
    public void baselineAdamStep() {
        adam.fit(batch);
    }
}
