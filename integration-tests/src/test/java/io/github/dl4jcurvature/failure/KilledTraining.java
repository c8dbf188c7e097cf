/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.failure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.github.dl4jcurvature.checkpoint.Checkpoint;
import io.github.dl4jcurvature.checkpoint.Checkpoints;
import io.github.dl4jcurvature.checkpoint.TrainingPosition;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.ncl.ContinualLearner;
import io.github.dl4jcurvature.ncl.Task;
import io.github.dl4jcurvature.ncl.TaskData;
import io.github.dl4jcurvature.ncl.TaskMetric;
import io.github.dl4jcurvature.ncl.TaskStream;
import io.github.dl4jcurvature.pruning.FishLegSurgeon;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A training that saves after every iteration and goes on from the newest checkpoint; the process that is killed. */
final class KilledTraining {
    private static final int EPOCHS = 6;
    private static final int BATCHES = 10;
    private static final int TASKS = 3;

    private KilledTraining() {}

    /** Arguments: method, directory, file for the final bits. Prints a line for every checkpoint. */
    public static void main(String[] arguments) throws IOException {
        byte[] bits = run(KilledMethod.valueOf(arguments[0]), Path.of(arguments[1]));
        Files.write(Path.of(arguments[2]), bits);
    }

    /** Trains to the end; gives parameters and updater state. */
    static byte[] run(KilledMethod method, Path directory) throws IOException {
        Checkpoints checkpoints = Checkpoints.in(directory).keepLast(2);
        return bits(method == KilledMethod.NCL ? learn(method, checkpoints) : fit(method, checkpoints));
    }

    private static MultiLayerNetwork fit(KilledMethod method, Checkpoints checkpoints) throws IOException {
        Optional<Checkpoint> newest = checkpoints.newest();
        MultiLayerNetwork network = newest.map(Checkpoint::multiLayerNetwork).orElseGet(method::network);
        TrainingPosition start = newest.map(Checkpoint::position).orElse(TrainingPosition.START);
        if (newest.isPresent() && method == KilledMethod.SURGEON) {
            network.setListeners(new CurvatureListener(), newest.get().attached("surgeon", FishLegSurgeon.class));
        } else {
            network.setListeners(method.listeners());
        }
        for (int epoch = start.epoch(); epoch < EPOCHS; epoch++) {
            for (int batch = epoch == start.epoch() ? start.batch() : 0; batch < BATCHES; batch++) {
                network.fit(method.batch(epoch * BATCHES + batch));
                checkpoints.save(network, new TrainingPosition(epoch, batch + 1), KilledMethod.attached(network));
                saved();
            }
        }
        return network;
    }

    private static MultiLayerNetwork learn(KilledMethod method, Checkpoints checkpoints) throws IOException {
        List<Task> tasks = new ArrayList<>();
        for (int task = 0; task < TASKS; task++) {
            TaskData data = TaskData.of(method.batch(task));
            tasks.add(new Task("task " + task, data, data));
        }
        TaskStream stream = new TaskStream(TaskStream.Scenario.DOMAIN_INCREMENTAL, tasks);
        Optional<Path> newest = checkpoints.newestComplete();
        ContinualLearner learner = newest.isPresent()
                ? ContinualLearner.resume(newest.get().toFile(), stream, TaskMetric.accuracy())
                : ContinualLearner.builder(method.network(), stream)
                        .batchSize(10)
                        .iterationsPerTask(20)
                        .build();
        while (!learner.isFinished()) {
            learner.advance(1);
            checkpoints.write(file -> learner.save(file.toFile()));
            saved();
        }
        return (MultiLayerNetwork) learner.network();
    }

    private static void saved() {
        System.out.println("saved");
    }

    private static byte[] bits(MultiLayerNetwork network) {
        INDArray parameters = network.params();
        INDArray state = network.getUpdater().getStateViewArray();
        double[] first = parameters.castTo(DataType.DOUBLE).data().asDouble();
        double[] second = state == null
                ? new double[0]
                : state.castTo(DataType.DOUBLE).data().asDouble();
        ByteBuffer buffer = ByteBuffer.allocate(8 * (first.length + second.length));
        buffer.asDoubleBuffer().put(first).put(second);
        return buffer.array();
    }
}
