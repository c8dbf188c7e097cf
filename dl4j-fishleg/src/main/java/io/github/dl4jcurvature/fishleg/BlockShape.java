/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jcurvature.fishleg;

/**
 * What determines the blocks of a layer.
 *
 * @param form form of the blocks of matrices
 * @param separateGates whether each gate of an LSTM has a block of its own
 * @param maxDimension longest side with a full factor; a longer one gets a diagonal factor
 */
record BlockShape(FishLeg.Form form, boolean separateGates, long maxDimension) {}
