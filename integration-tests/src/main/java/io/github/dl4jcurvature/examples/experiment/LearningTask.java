/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.examples.experiment;

import org.nd4j.linalg.dataset.DataSet;

/**
 * What all optimisers of a comparison are given.
 *
 * @param name for people
 * @param design the network
 * @param train examples batches are drawn from
 * @param validation examples settings are chosen on
 * @param test examples that only reported figures see
 * @param batchSize examples of a step
 */
public record LearningTask(
        String name, NetworkDesign design, DataSet train, DataSet validation, DataSet test, int batchSize) {}
