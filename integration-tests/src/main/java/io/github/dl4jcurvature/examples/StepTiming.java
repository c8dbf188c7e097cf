/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.SplittableRandom;
import java.util.function.Function;

import io.github.dl4jcurvature.examples.experiment.LearningTask;
import io.github.dl4jcurvature.examples.experiment.NetworkDesign;
import io.github.dl4jcurvature.examples.experiment.TrainingRun;
import io.github.dl4jcurvature.examples.report.Figures;
import io.github.dl4jcurvature.examples.report.TextTable;
import io.github.dl4jcurvature.fishleg.FishLeg;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time of a FishLeg step over that of an Adam step on one network; FishLeg with frozen curvature shows what of it is
 * the step itself and what the auxiliary updates.
 *
 * <p>Blocks of steps of the two alternate, and each pair of neighbouring blocks gives one ratio: a disturbance of the
 * machine meets both or spoils few ratios, of which the median is reported. A block has a multiple of ten steps and so the
 * right share of auxiliary updates.
 */
final class StepTiming {
    private static final Logger LOG = LoggerFactory.getLogger(StepTiming.class);
    private static final int UPDATE_EVERY = 10;
    private static final int BATCH_SIZE = 100;
    private static final int EXAMPLES = 1000;
    private static final int WARM_UP_ROUNDS = 3;
    private static final long SEED = 1;

    private final String name;
    private final String description;
    private final int block;
    private final int rounds;
    private final Function<IUpdater, Trainee> network;
    private double[] adamMilliseconds = new double[0];
    private double[] fishLegMilliseconds = new double[0];
    private double[] frozenMilliseconds = new double[0];
    private double[] ratios = new double[0];
    private long parameters;
    private long adamState;
    private long fishLegState;

    /** A network in training. */
    interface Trainee {
        /** Takes steps and returns the seconds they took. */
        double train(int steps);

        /** Number of parameters. */
        long parameters();

        /** Number of elements of the updater's state. */
        long stateLength();
    }

    /**
     * Prepares a measurement.
     *
     * @param name name in the figures
     * @param description of the network in the table
     * @param block number of steps of a block, a multiple of 10
     * @param rounds number of blocks of each optimiser
     * @param network creates the network with an optimiser
     */
    StepTiming(String name, String description, int block, int rounds, Function<IUpdater, Trainee> network) {
        if (block % UPDATE_EVERY != 0) {
            throw new IllegalArgumentException(
                    "block is %d but must be a multiple of %d, the steps between two auxiliary"
                                    .formatted(block, UPDATE_EVERY)
                            + " updates; round it");
        }
        this.name = name;
        this.description = description;
        this.block = block;
        this.rounds = rounds;
        this.network = network;
    }

    /** An autoencoder on random images. */
    static StepTiming autoencoder(String name, int block, int... sizes) {
        NetworkDesign design = NetworkDesign.reluAutoencoder(sizes);
        return new StepTiming(name, design.toString(), block, 21, updater -> {
            TrainingRun run = new TrainingRun(randomImages(name, design, sizes[0]), updater, SEED);
            return new Trainee() {
                @Override
                public double train(int steps) {
                    double before = run.seconds();
                    return run.trainSteps(steps).seconds() - before;
                }

                @Override
                public long parameters() {
                    return run.parameters();
                }

                @Override
                public long stateLength() {
                    return run.stateLength();
                }
            };
        });
    }

    private static LearningTask randomImages(String name, NetworkDesign design, int inputs) {
        SplittableRandom random = new SplittableRandom(SEED);
        float[] pixels = new float[EXAMPLES * inputs];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) random.nextDouble();
        }
        INDArray images = Nd4j.create(pixels, new long[] {EXAMPLES, inputs}, DataType.FLOAT);
        DataSet data = new DataSet(images, images);
        return new LearningTask(name, design, data, data, data, BATCH_SIZE);
    }

    String name() {
        return name;
    }

    void measure() {
        Trainee adam = network.apply(new Adam(1e-3));
        Trainee fishLeg =
                network.apply(FishLeg.builder().updateEvery(UPDATE_EVERY).build());
        Trainee frozen =
                network.apply(FishLeg.builder().auxiliaryLearningRate(0).build());
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            adam.train(block);
            fishLeg.train(block);
            frozen.train(block);
        }
        adamMilliseconds = new double[rounds];
        fishLegMilliseconds = new double[rounds];
        frozenMilliseconds = new double[rounds];
        ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            adamMilliseconds[round] = 1e3 * adam.train(block) / block;
            fishLegMilliseconds[round] = 1e3 * fishLeg.train(block) / block;
            frozenMilliseconds[round] = 1e3 * frozen.train(block) / block;
            ratios[round] = fishLegMilliseconds[round] / adamMilliseconds[round];
        }
        parameters = adam.parameters();
        adamState = adam.stateLength();
        fishLegState = fishLeg.stateLength();
        LOG.info("{} timed in {} blocks of {} steps each", description, rounds, block);
    }

    void addTo(TextTable table) {
        table.row(
                description,
                "%.3f".formatted(Quantiles.of(adamMilliseconds, 0.5)),
                "%.3f".formatted(Quantiles.of(fishLegMilliseconds, 0.5)),
                "%.3f".formatted(Quantiles.of(frozenMilliseconds, 0.5)),
                "%.2f".formatted(Quantiles.of(ratios, 0.5)),
                "%.2f to %.2f".formatted(Quantiles.of(ratios, 0.25), Quantiles.of(ratios, 0.75)),
                String.valueOf(adamState),
                String.valueOf(fishLegState),
                String.valueOf(parameters));
    }

    void addTo(Figures figures) {
        figures.put("fishleg.ms." + name, Quantiles.of(fishLegMilliseconds, 0.5))
                .put("frozen.ms." + name, Quantiles.of(frozenMilliseconds, 0.5))
                .put("adam.ms." + name, Quantiles.of(adamMilliseconds, 0.5))
                .put("fishleg.state." + name, fishLegState)
                .put("adam.state." + name, adamState)
                .put("ratio.lower.quartile." + name, Quantiles.of(ratios, 0.25))
                .put("ratio.upper.quartile." + name, Quantiles.of(ratios, 0.75))
                .put("ratio." + name, Quantiles.of(ratios, 0.5));
    }
}
