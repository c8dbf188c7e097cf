/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples;

import java.util.List;
import java.util.Locale;

import io.github.dl4jcurvature.examples.data.OpticalDigits;
import io.github.dl4jcurvature.examples.data.Part;
import io.github.dl4jcurvature.examples.data.Target;
import io.github.dl4jcurvature.fisher.CurvatureListener;
import io.github.dl4jcurvature.fishleg.FishLeg;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.api.RDDTrainingApproach;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Trains a classifier of handwritten digits on Apache Spark, by averaging of replicas, with FishLeg and with Adam.
 *
 * <p>Replicas make {@value #FREQUENCY} steps of their own, then parameters and states are replaced by their means. Rates are
 * those of the quick start. Without spark-submit it runs on two threads of this machine.
 */
public final class SparkAveraging {
    private static final int REPLICAS = 2;
    private static final int BATCH = 50;
    private static final int FREQUENCY = 5;
    private static final int UNITS = 32;
    private static final int SEEDS = 3;

    private SparkAveraging() {}

    /**
     * Trains from three initialisations and prints accuracy, time and communication.
     *
     * @param arguments number of epochs, by default 20
     */
    public static void main(String[] arguments) {
        int epochs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20;
        SparkConf configuration =
                new SparkConf().setAppName("SparkAveraging").setIfMissing("spark.master", "local[" + REPLICAS + "]");
        try (JavaSparkContext spark = new JavaSparkContext(configuration)) {
            train(spark, FishLeg.builder().startAsSgd(0.3).build(), 0, 10); // until the virtual machine is warm
            for (long seed = 1; seed <= SEEDS; seed++) {
                report("fishleg", FishLeg.builder().startAsSgd(0.3).build(), spark, seed, epochs);
                report("frozen", frozen(), spark, seed, epochs);
                report("adam", new Adam(1e-2), spark, seed, epochs);
            }
        }
    }

    /** FishLeg whose inverse stays as it started. */
    private static IUpdater frozen() {
        return FishLeg.builder().startAsSgd(0.3).auxiliaryLearningRate(0).build();
    }

    private static void report(String name, IUpdater updater, JavaSparkContext spark, long seed, int epochs) {
        long start = System.nanoTime();
        MultiLayerNetwork network = train(spark, updater, seed, epochs);
        double seconds = (System.nanoTime() - start) * 1e-9;
        int rounds = epochs
                * new OpticalDigits(seed).part(Part.TRAIN, Target.CLASS).numExamples()
                / (REPLICAS * BATCH * FREQUENCY);
        System.out.printf(Locale.ROOT, "%s.%d.accuracy = %.4f%n", name, seed, accuracy(network, seed));
        System.out.printf(
                Locale.ROOT,
                "%s.%d.accuracy_alone = %.4f%n",
                name,
                seed,
                accuracy(trainAlone(updater, seed, epochs), seed));
        System.out.printf(Locale.ROOT, "%s.%d.seconds_per_round = %.4f%n", name, seed, seconds / rounds);
        System.out.printf(Locale.ROOT, "%s.%d.parameter_bytes_per_round = %d%n", name, seed, bytes(network.params()));
        System.out.printf(Locale.ROOT, "%s.%d.state_bytes_per_round = %d%n", name, seed, bytes(network.updaterState()));
    }

    /** To each replica and back. */
    private static long bytes(INDArray array) {
        return 2 * REPLICAS * array.length() * array.dataType().width();
    }

    private static double accuracy(MultiLayerNetwork network, long seed) {
        DataSet test = new OpticalDigits(seed).part(Part.TEST, Target.CLASS);
        return network.evaluate(new SingletonDataSetIterator(test)).accuracy();
    }

    /** One network that sees all batches: a step for each, where two replicas make one on two. */
    private static MultiLayerNetwork trainAlone(IUpdater updater, long seed, int epochs) {
        MultiLayerNetwork network = classifier(updater.clone(), seed);
        network.setListeners(new CurvatureListener());
        for (int epoch = 0; epoch < epochs; epoch++) {
            batches(seed).forEach(network::fit);
        }
        return network;
    }

    private static List<DataSet> batches(long seed) {
        return new OpticalDigits(seed).part(Part.TRAIN, Target.CLASS).batchBy(BATCH);
    }

    private static MultiLayerNetwork train(JavaSparkContext spark, IUpdater updater, long seed, int epochs) {
        MultiLayerNetwork network = classifier(updater.clone(), seed);
        CurvatureListener.prepare(network); // gives the state its size before replicas are made
        ParameterAveragingTrainingMaster averaging = new ParameterAveragingTrainingMaster.Builder(REPLICAS, BATCH)
                .batchSizePerWorker(BATCH)
                .averagingFrequency(FREQUENCY)
                .workerPrefetchNumBatches(0)
                .rddTrainingApproach(RDDTrainingApproach.Direct)
                .rngSeed(seed)
                .saveUpdater(true)
                .build();
        SparkDl4jMultiLayer cluster = new SparkDl4jMultiLayer(spark, network, averaging);
        cluster.setListeners(new CurvatureListener());
        JavaRDD<DataSet> data = spark.parallelize(batches(seed), REPLICAS);
        for (int epoch = 0; epoch < epochs; epoch++) {
            cluster.fit(data);
        }
        return network;
    }

    private static MultiLayerNetwork classifier(IUpdater updater, long seed) {
        MultiLayerNetwork network = new MultiLayerNetwork(new NeuralNetConfiguration.Builder()
                .seed(seed)
                .activation(Activation.RELU)
                .updater(updater)
                .list()
                .layer(new DenseLayer.Builder()
                        .nIn(OpticalDigits.PIXELS)
                        .nOut(UNITS)
                        .build())
                .layer(new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(UNITS)
                        .nOut(OpticalDigits.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
        network.init();
        return network;
    }
}
